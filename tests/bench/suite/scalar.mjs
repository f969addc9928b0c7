// Scalar's mock server, as its README starts it: node scalar.mjs MODULES DOCUMENT PORT
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [modules, document, port] = process.argv.slice(2)
const resolve = createRequire(`${modules}/none.js`).resolve
const load = (name) => import(pathToFileURL(resolve(name)))
const { serve } = await load('@hono/node-server')
const { createMockServer } = await load('@scalar/mock-server')
const app = await createMockServer({ specification: JSON.parse(readFileSync(document)) })
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
