-- Suspended: it was good and no longer applies. Degraded: it never counted, and whoever made it may believe it did.

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

local past = {
  ApprovalExpired = true,
  ApprovalRevoked = true,
  ApprovalSuperseded = true,
  AuthorsChanged = true,
  DigestMismatch = true,
  TemplateNotFound = true,
}

local ready
for _, condition in ipairs(status.conditions) do
  if condition.type == "Ready" then
    ready = condition
  end
end

if ready == nil or ready.status == "Unknown" then
  health.status = "Progressing"
  health.message = ready ~= nil and ready.message or "waiting for the operator to judge it"
elseif ready.status == "True" then
  health.status = "Healthy"
  health.message = ready.message
elseif past[ready.reason] then
  health.status = "Suspended"
  health.message = ready.reason .. ": " .. ready.message
else
  health.status = "Degraded"
  health.message = ready.reason .. ": " .. ready.message
end
return health
