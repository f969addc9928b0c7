"""The clients of a Hoop gateway, driven against mockhoop as the real ones are built, over real sockets.

``webapp.py``, ``hsh.py``, ``connector.py``, ``terraform.py`` and ``cli.py`` behave as those clients do: their headers,
the order of their calls, what they read and what they do without it. They are written from the project's sheet of facts
about clients, whose sections the tests cite: a failure names the section, the call and the field.

What a mock of the HTTP API cannot answer, and what is therefore not driven here:

| Client | What | Why |
|---|---|---|
| hoop | ``connect`` without ``--persistent-credential``, plain ``exec``, proxy-manager | they speak gRPC |
| hoop | what ``serverinfo.grpc_url`` leads to | only that it is an address; nobody listens there |
| hoop | ``admin get policies``, ``admin get webhooks/*`` | no such routes in the document or the sheet of behaviour |
| hoop | ``runbooks``: the creation of files | a commit in a Git repository of others; the call is one of the contract |
| hsh | the ssh or HTTP proxy behind credentials | nothing listens at the host and port that they name |
| hsh | running plain ssh when the gateway is slow or gone | that is what the client does without the gateway |
| web app | /event-routing/subscriptions and /catalog | the catalog is not in the document; the page takes 404 |
| web app | sign-up, intercom, analytics, survey | for many tenants, or calls to third parties, which are switched off |
| web app | Ask AI, the test of a federation, AWS and Jira itself | they talk to services of third parties |
| web app | RDP frames and detections | recordings of bitmaps are shown by a player that is not driven here |
| web app | /plugins/reviews/:id, /reviews | dead routes: the real app makes no call |
| all | /openapiv2.json | the contract is kept as OpenAPI 3 only; no client reads the other form |
| connector | its check of credentials | it fails against a faithful server; that is tested as it is |
"""
