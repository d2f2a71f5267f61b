-- A denial is Healthy: the decision has been taken and holds.

local health = {}
local status = obj.status

if status == nil or status.conditions == nil then
  health.status = "Progressing"
  health.message = "waiting for the operator to look at it"
  return health
end
if obj.metadata.generation ~= nil
    and (status.observedGeneration == nil or status.observedGeneration < obj.metadata.generation) then
  health.status = "Progressing"
  health.message = "waiting for the operator to look at the change"
  return health
end

local authorized
for _, condition in ipairs(status.conditions) do
  if condition.type == "Authorized" then
    authorized = condition
  end
end

if authorized == nil or authorized.status == "Unknown" then
  health.status = "Progressing"
  health.message = authorized ~= nil and authorized.message or "waiting for the operator to judge it"
elseif authorized.status == "True" then
  health.status = "Healthy"
  health.message = authorized.message
elseif authorized.reason == "Denied" then
  health.status = "Healthy"
  health.message = "denied: " .. authorized.message
elseif authorized.reason == "ApprovalExpired" or authorized.reason == "ApprovalRevoked" then
  health.status = "Suspended"
  health.message = authorized.reason .. ": " .. authorized.message
else
  health.status = "Degraded"
  health.message = authorized.reason .. ": " .. authorized.message
end
return health
