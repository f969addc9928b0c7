"""Scripts for document stores and log services, whose answers are JSON or nearly so."""

import json

from mockhoop.values.transcripts.draw import CUSTOMERS, ORDERS, PRODUCTS, Draw, Run, failed


def find(draw: Draw, count: int = 0) -> Run:
    lines = [
        f'{{ "_id" : ObjectId("{draw.hex(24, str(i))}"), "name" : {_json(name)}, "email" : "{email}",'
        f' "city" : {_json(city)} }}\n'
        for i, name, email, city in draw.rows(CUSTOMERS, count or draw.between(2, 9))
    ]
    script = f"db.customers.find({{ticket: {draw.ticket}}}, {{orders: 0}})\n\t.sort({{name: 1}})"
    return Run(script, ("".join(lines),))


def find_all(draw: Draw) -> Run:
    run = find(draw, 210)
    return Run(f"db.customers.find({{ticket: {{$gt: {draw.ticket}}}}}).limit(210)", run.output)


def totals(draw: Draw) -> Run:
    groups = [{"_id": city, "orders": draw.between(2, 900, city)} for city in draw.pools.cities[:4]]
    script = (
        f"db.orders.aggregate([\n  {{$match: {{batch: {draw.ticket}}}}},\n"
        "  {$group: {_id: '$city', orders: {$sum: 1}}},\n])"
    )
    return Run(script, (json.dumps(groups, indent=2, ensure_ascii=False) + "\n",))


def count(draw: Draw) -> Run:
    return Run(f"print(db.orders.countDocuments({{batch: {draw.ticket}}}))", (f"{draw.between(0, 90_000)}\n",))


def one_document(draw: Draw) -> Run:
    product = draw.choice(PRODUCTS)
    output = (
        f'{{\n\t"_id" : ObjectId("{draw.hex(24)}"),\n\t"sku" : {draw.ticket},\n'
        f'\t"product" : {_json(product)},\n'
        f'\t"price" : NumberDecimal("{draw.between(1, 900)}.90"),\n'
        f'\t"created_at" : ISODate("{draw.stamp().replace(" ", "T")}Z")\n}}\n'
    )
    return Run(f"db.products.findOne({{sku: {draw.ticket}}})", (output,))


def insert(draw: Draw) -> Run:
    script = f'db.notes.insertOne({{ticket: {draw.ticket}, text: "it\'s 東京 – naïve ✓"}})'
    return Run(script, (f"{{\n  acknowledged: true,\n  insertedId: ObjectId('{draw.hex(24)}')\n}}\n",))


def unauthorized(draw: Draw) -> Run:
    output = "MongoServerError[Unauthorized]: not authorized on admin to execute command { usersInfo: 1 }\n"
    return failed(f"db.getSiblingDB('admin').getUsers()  // SUP-{draw.ticket}", output, 1)


def type_error(draw: Draw) -> Run:
    output = "TypeError: db.orders.fnd is not a function\n"
    return failed(f"db.orders.fnd({{batch: {draw.ticket}}})", output, 1)


def no_output(draw: Draw) -> Run:
    script = f"const r = db.carts.deleteMany({{customer: {draw.ticket}}});\nif (r.deletedCount < 0) print('odd')"
    return Run(script)


def without_newline(draw: Draw) -> Run:
    text = json.dumps({"batch": draw.ticket, "ok": 1})
    return Run(f"process.stdout.write(JSON.stringify({{batch: {draw.ticket}, ok: 1}}))", (text,))


def update(draw: Draw) -> Run:
    changed = draw.between(1, 40)
    script = f"db.orders.updateMany(\n  {{batch: {draw.ticket}}},\n  {{$set: {{status: 'shipped'}}}},\n)"
    output = (
        "{\n  acknowledged: true,\n  insertedId: null,\n"
        f"  matchedCount: {changed},\n  modifiedCount: {changed},\n  upsertedCount: 0\n}}\n"
    )
    return Run(script, (output,))


def collections(draw: Draw) -> Run:
    names = sorted({draw.word(i) for i in range(6)} | {f"archive_{draw.ticket}"})
    return Run(
        f"use shop_{draw.ticket}\nshow collections",
        (f"switched to db shop_{draw.ticket}\n", "\n".join(names) + "\n"),
    )


MONGODB = (
    find,
    totals,
    unauthorized,
    one_document,
    count,
    no_output,
    insert,
    find_all,
    update,
    type_error,
    without_newline,
    collections,
)


def items(draw: Draw, count: int = 0) -> Run:
    found = [
        {"id": {"N": str(i)}, "product": {"S": product}, "status": {"S": status}}
        for i, product, _, status, _ in draw.rows(ORDERS, count or draw.between(1, 5))
    ]
    script = f"aws dynamodb query --table-name orders --key-condition-expression 'batch = :{draw.ticket}'"
    return Run(script, (_pretty({"Items": found, "Count": len(found), "ScannedCount": len(found)}),))


def many_items(draw: Draw) -> Run:
    run = items(draw, 90)
    return Run(f"aws dynamodb scan --table-name orders --max-items 90 --starting-token t{draw.ticket}", run.output)


def log_events(draw: Draw) -> Run:
    found = [
        {
            "timestamp": 1721923000000 + draw.between(0, 9_000_000, i),
            "message": draw.choice(draw.pools.sentences, i),
        }
        for i in range(draw.between(2, 8))
    ]
    script = f"aws logs filter-log-events --log-group-name /app/api --filter-pattern '\"{draw.ticket}\"'"
    return Run(script, (_pretty({"events": found, "searchedLogStreams": []}),))


def log_groups(draw: Draw) -> Run:
    lines = [f"/aws/lambda/{draw.word(i)}\t{draw.between(1, 90, i)}\n" for i in range(5)]
    script = f"aws logs describe-log-groups --output text --log-group-name-prefix /aws --profile p{draw.ticket}"
    return Run(script, ("".join(lines),))


def access_denied(draw: Draw) -> Run:
    output = (
        "\nAn error occurred (AccessDeniedException) when calling the ListTables operation:"
        f" User: arn:aws:sts::000000{draw.ticket:06}:assumed-role/hoop is not authorized\n"
    )
    return failed(f"aws dynamodb list-tables --profile p{draw.ticket}", output, 254)


def nothing_printed(draw: Draw) -> Run:
    return Run(f'aws dynamodb delete-item --table-name carts --key \'{{"id": {{"N": "{draw.ticket}"}}}}\'')


AWS = (items, log_events, access_denied, nothing_printed, many_items, log_groups)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False) + "\n"
