{{/* Labels of every object of the chart. Takes (dict "root" $ "component" "operator"). */}}
{{- define "countersign.labels" -}}
app.kubernetes.io/name: countersign
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: countersign
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What selects the operator's pods. It may never change: a Deployment's selector is immutable. */}}
{{- define "countersign.operatorSelector" -}}
app.kubernetes.io/name: countersign
app.kubernetes.io/component: operator
{{- end }}

{{/* Reference of the operator's image: a digest wins over a tag. */}}
{{- define "countersign.operatorImage" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Name of the claim that holds the audit log. */}}
{{- define "countersign.auditClaim" -}}
{{ .Values.audit.persistence.existingClaim | default "countersign-audit" }}
{{- end }}
