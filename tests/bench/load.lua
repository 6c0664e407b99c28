-- load.lua: wrk's figures in one line: requests a second, the median and the
-- 99th percentile of the latency in microseconds, replies, errors.
--
--   wrk ... -s load.lua URL [-- METHOD BODY [HEADER]...]

function init(args)
   if args[1] then
      wrk.method = args[1]
      if args[2] ~= "" then
         wrk.body = args[2]
         wrk.headers["Content-Type"] = "application/json"
      end
      for i = 3, #args do
         local name, value = args[i]:match("^([^:]*): *(.*)$")
         wrk.headers[name] = value
      end
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format("figures %.0f %.1f %.1f %d %d\n",
      summary.requests / summary.duration * 1e6,
      latency:percentile(50), latency:percentile(99), summary.requests,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
