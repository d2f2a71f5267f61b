-- Healthy as soon as the operator has taken what Git says. Whether a person has approved it is told in the message and
-- never in the status: Argo CD waits in a sync wave for Healthy, and Suspended would keep it waiting for that person.

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

local conditions = {}
for _, condition in ipairs(status.conditions) do
  conditions[condition.type] = condition
end
local stalled, ready, approved = conditions.Stalled, conditions.Ready, conditions.Approved

if stalled ~= nil and stalled.status == "True" then
  health.status = "Degraded"
  health.message = stalled.message
elseif ready == nil or ready.status ~= "True" then
  health.status = "Progressing"
  health.message = ready ~= nil and ready.message or "waiting for the operator to publish the digest"
elseif approved ~= nil and approved.status == "True" then
  health.status = "Healthy"
  health.message = approved.message
elseif approved ~= nil and approved.reason == "Denied" then
  health.status = "Healthy"
  health.message = "denied: " .. approved.message
else
  health.status = "Healthy"
  health.message = "awaiting approval"
  if approved ~= nil then
    health.message = "awaiting approval (" .. approved.reason .. "): " .. approved.message
  end
end
return health
