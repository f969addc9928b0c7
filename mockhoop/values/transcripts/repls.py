"""Scripts for the consoles of programming languages, and what they print."""

from mockhoop.values.transcripts.draw import Draw, Run, Shape, failed

# Each row: script, output, exit code. The marks $id, $n, $name, $email, $city, $word and $count (240 numbered
# lines) are filled in.
Rows = tuple[tuple[str, str, int], ...]

RUBY: Rows = (
    ("User.where(batch: $id).count", "=> $n\n", 0),
    ("puts User.find_by(id: $id)&.email", "$email\n=> nil\n", 0),
    (
        "User.where(city: '$city').limit(2).pluck(:id, :name) # SUP-$id",
        '   \x1b[1m\x1b[36mUser Pluck (1.2ms)\x1b[0m  \x1b[1m\x1b[34mSELECT "users"."id" FROM users\x1b[0m\n'
        '=> [[$id, "$name"], [$n, "Zoë Ærøskøbing"]]\n',
        0,
    ),
    (
        "Order.find($id)",
        "order.rb:12:in `find': Couldn't find Order with 'id'=$id (ActiveRecord::RecordNotFound)\n",
        1,
    ),
    ("Order.where(batch: $id).update_all(status: 'paid')", "=> $n\n", 0),
    ("Rails.cache.delete('cart:$id'); nil", "", 0),
    ('$stdout.print "$word-$id"', "$word-$id", 0),
    (
        "Order.limit(1).each do |o|\n\tputs [o.id, o.note].inspect # $id\nend",
        '[$id, "Grüße 👋 from 東京"]\n',
        0,
    ),
    ("raise ArgumentError, 'SUP-$id'", "(irb):1:in `<main>': SUP-$id (ArgumentError)\n", 1),
    ("Sidekiq::Queue.new('q$id').size", "=> $n\n", 0),
    ("User.find($id).attributes", '=> {"id"=>$id, "name"=>"$name", "email"=>"$email", "city"=>"$city"}\n', 0),
    ('240.times { |i| puts "#{i}\\t#{$id + i}" }', "$count", 0),
)

PYTHON: Rows = (
    ("from app.models import User\nprint(User.objects.filter(batch=$id).count())", "$n\n", 0),
    ("print({'id': $id, 'name': \"$name\"})", "{'id': $id, 'name': '$name'}\n", 0),
    (
        "print(1 / ($id - $id))",
        'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n'
        "ZeroDivisionError: division by zero\n",
        1,
    ),
    ("import app_$id", "ModuleNotFoundError: No module named 'app_$id'\n", 1),
    ("print('$word-$id', end='')", "$word-$id", 0),
    ("for n in ('Zoë', '太郎', '🐍'):\n\tprint(n, $id)", "Zoë $id\n太郎 $id\n🐍 $id\n", 0),
    ("cache = {}\ncache.pop($id, None)", "", 0),
    ("print('\\033[32mok\\033[0m', $id)", "\x1b[32mok\x1b[0m $id\n", 0),
    ("import sys\nprint('warning: $word', file=sys.stderr)\nprint($id)", "warning: $word\n$id\n", 0),
    ("import json\nprint(json.dumps({'city': '$city', 'n': $id}))", '{"city": "$city", "n": $id}\n', 0),
    ("import sys\nsys.exit($id % 1 + 2)", "", 2),
    ("for i in range(240):\n    print(i, $id + i, sep='\\t')", "$count", 0),
)

NODE: Rows = (
    ("console.log(await db.users.count({batch: $id}))", "$n\n", 0),
    (
        'console.log({id: $id, name: "$name"})',
        "{ id: \x1b[33m$id\x1b[39m, name: \x1b[32m'$name'\x1b[39m }\n",
        0,
    ),
    ("require('./missing-$id')", "Error: Cannot find module './missing-$id'\n", 1),
    ("null.batch$id", "TypeError: Cannot read properties of null (reading 'batch$id')\n", 1),
    ("process.stdout.write('$word-$id')", "$word-$id", 0),
    ("['é', '漢', '👍'].forEach(c => console.log(c, $id))", "é $id\n漢 $id\n👍 $id\n", 0),
    ("const cart = new Map([[$id, []]]);\ncart.clear();", "", 0),
    ("console.error('deprecated: $word');\nconsole.log($id)", "deprecated: $word\n$id\n", 0),
    (
        "console.log(JSON.stringify({city: '$city', n: $id}, null, 2))",
        '{\n  "city": "$city",\n  "n": $id\n}\n',
        0,
    ),
    (
        "console.log(['id', 'name'].join('\\t'));\nconsole.log($id + '\\t$email')",
        "id\tname\n$id\t$email\n",
        0,
    ),
    ("process.exit($id % 1 + 3)", "", 3),
    ("for (let i = 0; i < 240; i++) console.log(`${i}\\t${$id + i}`)", "$count", 0),
)


def shapes(rows: Rows) -> tuple[Shape, ...]:
    """Turn the rows of a language into shapes."""
    return tuple(_shape(*row) for row in rows)


def _shape(script: str, output: str, exit_code: int) -> Shape:
    def make(draw: Draw) -> Run:
        text, answer = _filled(draw, script), _filled(draw, output)
        if exit_code:
            return failed(text, answer, exit_code)
        return Run(text, (answer,) if answer else ())

    return make


def _filled(draw: Draw, text: str) -> str:
    name = draw.name()
    values = {
        "$id": str(draw.ticket),
        "$name": name.full.replace("'", ""),
        "$email": f"{name.handle}@example.com",
        "$city": draw.choice(draw.pools.cities, "city").replace("'", ""),
        "$word": draw.word(),
        "$count": "".join(f"{i}\t{draw.ticket + i}\n" for i in range(240)),
        "$n": str(draw.between(2, 9000)),
    }
    # "$name" goes before "$n", which is its beginning.
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
