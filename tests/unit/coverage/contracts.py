"""A small contract with one of everything that counts, and exchanges with it."""

import json
from pathlib import Path
from typing import Any

from mockhoop.contract.document import Contract, load_contract
from mockhoop.coverage.plan import Plan
from mockhoop.journals.entry import Entry

DOCUMENT = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: https://shop.example.com/v1}]
paths:
  /orders:
    parameters:
      - {name: trace, in: header, schema: {type: string}}
    get:
      tags: [orders]
      parameters:
        - name: state
          in: query
          schema: {type: array, items: {enum: [new, paid]}}
          explode: false
        - {name: page, in: query, style: deepObject, schema: {type: object, properties: {order: {enum: [up, down]}}}}
        - {name: seen, in: cookie, schema: {type: boolean, enum: [true, false]}}
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Order'}}
            text/csv: {}
        4XX: {$ref: '#/components/responses/Refused'}
        default: {description: Anything else.}
    post:
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Order'}}
          application/x-www-form-urlencoded:
            schema: {type: object, properties: {gift: {type: boolean, enum: [true, false]}}}
      responses:
        '201': {description: Made.}
  /orders/{kind}:
    get:
      tags: [orders]
      parameters:
        - {name: kind, in: path, required: true, schema: {enum: [open, closed]}}
      responses:
        '204': {description: Nothing.}
components:
  responses:
    Refused:
      description: No.
      content:
        application/json:
          schema:
            type: object
            properties:
              reason: {type: string}
  schemas:
    Order:
      allOf:
        - type: object
          properties:
            id: {type: integer, readOnly: true}
            secret: {type: string, writeOnly: true}
            state: {type: [string, 'null'], enum: [new, paid, null]}
        - type: object
          properties:
            payment:
              oneOf:
                - {$ref: '#/components/schemas/Card'}
                - {$ref: '#/components/schemas/Bill'}
                - {$ref: '#/components/schemas/Gift'}
              discriminator: {propertyName: by, mapping: {plastic: '#/components/schemas/Card'}}
            parts: {type: array, items: {$ref: '#/components/schemas/Order'}}
            notes: {type: object, additionalProperties: {$ref: '#/components/schemas/Note'}}
            size:
              anyOf: [{type: integer, enum: [1, 2]}, {type: string, enum: [small]}]
    Card: {type: object, required: [number], properties: {by: {type: string}, number: {type: string}}}
    Bill:
      type: object
      required: [address]
      properties: {by: {type: string}, address: {type: string}}
      additionalProperties: false
    Gift: {type: object, properties: {number: {type: string}, wish: {type: string}}}
    Note: {type: object, properties: {text: {type: string}}}
"""


def contract(folder: Path, text: str = DOCUMENT, overlay: str = "") -> Contract:
    """The contract as it is read from a file, with an overlay beside it if there is one."""
    path = folder / "shop.yaml"
    path.write_text(text)
    if overlay:
        (folder / "overlays").mkdir()
        (folder / "overlays" / path.name).write_text(overlay)
    return load_contract(path)


def entry(asked: str, status: int = 200, answer: Any = None, **more: Any) -> Entry:
    """An exchange: ``GET /v1/orders?state=new``, the status and the JSON of the answer."""
    method, _, target = asked.partition(" ")
    path, _, query = target.partition("?")
    if answer is not None:
        more = {"response_headers": JSON, "response_body": json.dumps(answer).encode(), **more}
    return Entry(method=method, path=path, query=query, status=status, **more)


def posted(body: Any) -> Entry:
    """An order that a client sends as JSON."""
    return entry("POST /v1/orders", 201, request_headers=JSON, request_body=json.dumps(body).encode())


def labels(plan: Plan, *entries: Entry) -> set[str]:
    """The names of what the exchanges exercise, within their operations."""
    hit = {name for one in entries for name in plan.hits(one)}
    return {plan.points[name].label for name in hit}


JSON = (("Content-Type", "application/json; charset=utf-8"),)
