{{/*
The departments with every default filled in, as YAML `departments: [...]`; read it with fromYaml. All templates
read departments through this, so that a default stands in one place.
*/}}
{{- define "countersign.departments" -}}
{{- $resolved := list -}}
{{- range .Values.departments -}}
{{- $quota := merge (deepCopy (.quota | default dict)) $.Values.departmentDefaults.quota -}}
{{- $limits := merge (deepCopy (.containerLimits | default dict)) $.Values.departmentDefaults.containerLimits -}}
{{- $resolved = append $resolved (dict
  "name" .name
  "namespace" (.namespace | default .name)
  "createNamespace" (ternary .createNamespace true (hasKey . "createNamespace"))
  "sandboxNamespace" (.sandboxNamespace | default (printf "%s-sandboxes" .name))
  "quota" $quota
  "containerLimits" $limits
  "agents" (.agents | default list)
  "authors" (.authors | default list)
  "approvers" (.approvers | default list)
  "revokers" (.revokers | default list)
  "policy" (.policy | default dict)
  "auditors" (.auditors | default list)
) -}}
{{- end -}}
{{ dict "departments" $resolved | toYaml }}
{{- end }}

{{/* Labels of a department's objects. Takes (dict "root" $ "department" . "component" "department"). */}}
{{- define "countersign.departmentLabels" -}}
{{ include "countersign.labels" . }}
countersign.dev/department: {{ .department.name }}
{{- end }}
