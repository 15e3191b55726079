import { Script } from './script.js';

/**
 * What the scripts share: `ARGV[1]` is the namespace. Records are stored as the JSON that came, never encoded again,
 * since Lua can't tell an empty list from an empty object. Every change is published in the script that makes it, so
 * that the events of one key come in the order of its changes.
 */
const prelude = `
local namespace = ARGV[1]
local function key(name) return namespace .. ':' .. name end
local directory, workers, routes = key('directory'), key('workers'), key('routes')
local function publish(event) redis.call('PUBLISH', key('changes'), event) end
local function isLive(worker) return redis.call('EXISTS', key('lease:' .. worker)) == 1 end
local function routeAt(field)
  local json = redis.call('HGET', routes, field)
  return json and cjson.decode(json) or nil
end
local function isServed(route) return route and route.state ~= 'draining' and isLive(route.worker) end
local function dropRoute(field, route)
  redis.call('HDEL', routes, field)
  redis.call('SREM', key('routes-of:' .. route.worker), field)
  publish(cjson.encode({
    kind = 'route_gone',
    key = { serverId = route.serverId, generation = route.generation, replica = route.replica },
    worker = route.worker
  }))
end
local function liveWorkers()
  local live = {}
  local all = redis.call('HGETALL', workers)
  for i = 1, #all, 2 do
    if isLive(all[i]) then
      live[#live + 1] = all[i]
      live[#live + 1] = all[i + 1]
    else
      redis.call('HDEL', workers, all[i])
    end
  end
  return live
end
-- Takes or renews what at most one holds at a time.
local function takeLease(name, holder, leaseMs)
  local current = redis.call('GET', name)
  if current and current ~= holder then return false end
  redis.call('SET', name, holder, 'PX', leaseMs)
  return true
end
`;

const script = (body: string) => new Script(prelude + body);

/** ARGV: namespace, then (id, generation, revision, record, event) of each record. @returns how many were written */
export const putDirectory = script(`
local written = 0
for i = 2, #ARGV, 5 do
  local id, generation, revision = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local json = redis.call('HGET', directory, id)
  local known = json and cjson.decode(json)
  if not known or known.generation < generation
    or (known.generation == generation and known.revision <= revision) then
    redis.call('HSET', directory, id, ARGV[i + 3])
    publish(ARGV[i + 4])
    written = written + 1
  end
end
return written
`);

/** ARGV: namespace, epoch, event. */
export const setEpoch = script(`
redis.call('SET', key('epoch'), ARGV[2])
publish(ARGV[3])
`);

/** ARGV: namespace, id, generation. */
export const dropDirectory = script(`
local json = redis.call('HGET', directory, ARGV[2])
if json and cjson.decode(json).generation == tonumber(ARGV[3]) then redis.call('HDEL', directory, ARGV[2]) end
`);

/** ARGV: namespace, incarnation, lease, record, event. */
export const announceWorker = script(`
redis.call('HSET', workers, ARGV[2], ARGV[4])
redis.call('SET', key('lease:' .. ARGV[2]), 1, 'PX', ARGV[3])
publish(ARGV[5])
`);

/** ARGV: namespace, incarnation, lease. @returns 1 where the worker is known */
export const renewWorker = script(`
if redis.call('HEXISTS', workers, ARGV[2]) == 0 then return 0 end
return redis.call('PEXPIRE', key('lease:' .. ARGV[2]), ARGV[3])
`);

/** ARGV: namespace, incarnation, event. */
export const retireWorker = script(`
local worker = ARGV[2]
for _, field in ipairs(redis.call('SMEMBERS', key('routes-of:' .. worker))) do
  local route = routeAt(field)
  if route and route.worker == worker then dropRoute(field, route) end
end
for _, claim in ipairs(redis.call('SMEMBERS', key('claims-of:' .. worker))) do
  if redis.call('GET', key('claim:' .. claim)) == worker then redis.call('DEL', key('claim:' .. claim)) end
end
local wasKnown = redis.call('HDEL', workers, worker) + redis.call('DEL', key('lease:' .. worker)) > 0
redis.call('DEL', key('routes-of:' .. worker), key('claims-of:' .. worker))
if wasKnown then publish(ARGV[3]) end
`);

/** ARGV: namespace. @returns incarnation, record, incarnation, … */
export const liveWorkers = script(`
return liveWorkers()
`);

/** ARGV: namespace, field, worker, record, event. @returns 1 where it was written */
export const putRoute = script(`
local field, worker = ARGV[2], ARGV[3]
local known = routeAt(field)
if known and known.worker ~= worker then
  if isServed(known) then return 0 end
  redis.call('SREM', key('routes-of:' .. known.worker), field)
end
redis.call('HSET', routes, field, ARGV[4])
redis.call('SADD', key('routes-of:' .. worker), field)
publish(ARGV[5])
return 1
`);

/** ARGV: namespace, field, worker. @returns 1 where there was one of that worker */
export const removeRoute = script(`
local route = routeAt(ARGV[2])
if not route or route.worker ~= ARGV[3] then return 0 end
dropRoute(ARGV[2], route)
return 1
`);

/** ARGV: namespace, field, worker, lease. @returns the outcome */
export const claim = script(`
local field, worker, leaseMs = ARGV[2], ARGV[3], tonumber(ARGV[4])
if isServed(routeAt(field)) then return 'served' end
if not takeLease(key('claim:' .. field), worker, leaseMs) then return 'held' end
local claims = key('claims-of:' .. worker)
redis.call('SADD', claims, field)
if redis.call('PTTL', claims) < leaseMs then redis.call('PEXPIRE', claims, leaseMs) end
return 'granted'
`);

/** ARGV: namespace, field, worker. */
export const releaseClaim = script(`
if redis.call('GET', key('claim:' .. ARGV[2])) == ARGV[3] then redis.call('DEL', key('claim:' .. ARGV[2])) end
redis.call('SREM', key('claims-of:' .. ARGV[3]), ARGV[2])
`);

/** ARGV: namespace, role, holder, lease. @returns 1 where the holder leads */
export const lead = script(`
return takeLease(key('leader:' .. ARGV[2]), ARGV[3], ARGV[4]) and 1 or 0
`);

/** ARGV: namespace. @returns epoch, directory records, live workers as `liveWorkers` gives them, routes */
export const readAll = script(`
return { redis.call('GET', key('epoch')), redis.call('HVALS', directory), liveWorkers(), redis.call('HVALS', routes) }
`);
