-- Sends a pool of prepared calls in turn, and writes one line of JSON at the end.
-- Arguments: the file of calls (method, path and body of each, parted by tabs), the path in front of all,
-- whether no two calls may be the same ("different"), whether each answer names the next call ("follows").
local pool, next_call, number, links = {}, 0, 0, {}
local first_link, last_link = 1, 0
local prefix, different, headers

function init(arguments)
   prefix, different = arguments[2], arguments[3] == "different"
   headers = wrk.headers
   headers["Host"] = wrk.host .. ":" .. wrk.port
   for line in io.lines(arguments[1]) do
      local method, path, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
      pool[#pool + 1] = {method, prefix .. path, body ~= "" and body or nil}
   end
   for _, call in ipairs(pool) do
      if call[3] then headers["Content-Type"] = "application/json" end
   end
   if not different then fixed = wrk.format(pool[1][1], pool[1][2], headers, pool[1][3]) end
   if arguments[4] == "follows" then response = follow end
end

function request()
   if fixed then return fixed end
   number = number + 1
   headers["X-Request-Id"] = number
   if first_link <= last_link then
      local link = links[first_link]
      links[first_link], first_link = nil, first_link + 1
      return wrk.format("GET", link, headers)
   end
   next_call = next_call % #pool + 1
   local call = pool[next_call]
   return wrk.format(call[1], call[2], headers, call[3])
end

function follow(status, _, body)
   local link = body:match('"download_url": ?"https?://[^/]+([^"]+)"')
   if link then
      last_link = last_link + 1
      links[last_link] = link:gsub("\\u0026", "&")
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.stderr:write(string.format(
      '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "statuses": %d, "broken": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
