-- The outcome counts whatever the generation: a request to cancel that comes after the end changes nothing any more.

local health = {}

local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end
local authorized, succeeded, finished = conditions.Authorized, conditions.Succeeded, conditions.Finished

if finished ~= nil and finished.status == "True" then
  if succeeded ~= nil and succeeded.status == "True" then
    health.status = "Healthy"
    health.message = succeeded.message
  else
    health.status = "Degraded"
    health.message = finished.reason .. ": " .. finished.message
  end
elseif authorized ~= nil and authorized.reason == "AwaitingApproval" then
  health.status = "Progressing"
  health.message = "awaiting approval: " .. authorized.message
elseif finished ~= nil then
  health.status = "Progressing"
  health.message = finished.message
else
  health.status = "Progressing"
  health.message = "waiting for the operator to look at it"
end
return health
