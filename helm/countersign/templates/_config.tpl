{{/* The operator's configuration file. The operator refuses a key it does not know, so nothing is added for show. */}}
{{- define "countersign.config" -}}
operator:
  namespace: {{ .Release.Namespace }}
leaderElection:
  enabled: {{ .Values.leaderElection.enabled }}
  leaseName: countersign-operator
  leaseDurationSeconds: {{ int .Values.leaderElection.leaseDurationSeconds }}
  renewDeadlineSeconds: {{ int .Values.leaderElection.renewDeadlineSeconds }}
  retryPeriodSeconds: {{ int .Values.leaderElection.retryPeriodSeconds }}
http:
  port: {{ int .Values.http.port }}
audit:
  directory: {{ .Values.audit.directory | quote }}
keys:
  secretName: {{ .Values.keys.secretName }}
sandbox:
  {{- with .Values.sandbox }}
  runtimeClassName: {{ .runtimeClassName }}
  images:
    {{- range $language := list "Python" "JavaScript" "Bash" }}
    {{- $default := printf "countersign/sandbox-%s:%s" (lower $language) $.Chart.AppVersion }}
    {{ $language }}: {{ get $.Values.sandbox.images $language | default $default | quote }}
    {{- end }}
  allowedImages: {{ .allowedImages | toJson }}
  imagePullPolicy: {{ .imagePullPolicy }}
  cpuLimit: {{ .cpuLimit | quote }}
  cpuRequest: {{ .cpuRequest | quote }}
  startTimeoutSeconds: {{ int .startTimeoutSeconds }}
  memoryClasses: {{ .memoryClasses | toJson }}
  diskClasses: {{ .diskClasses | toJson }}
  idleLifeSeconds: {{ int .idleLifeSeconds }}
  maxWallTimeSeconds: {{ int .maxWallTimeSeconds }}
  pool:
    enabled: {{ .pool.enabled }}
    departmentMemory: {{ .pool.departmentMemory | quote }}
    totalMemory: {{ .pool.totalMemory | quote }}
    overheadMemory: {{ .pool.overheadMemory | quote }}
    startsAtOnce: {{ int .pool.startsAtOnce }}
  {{- end }}
guard:
  mode: {{ include "countersign.guardMode" . | quote }}
execution:
  maxConcurrent: {{ int .Values.execution.maxConcurrent }}
  terminationGraceSeconds: {{ int .Values.execution.terminationGraceSeconds }}
{{- end }}

{{/* The departments as the operator reads them. */}}
{{- define "countersign.departmentsFile" -}}
version: 1
{{- $departments := (include "countersign.departments" . | fromYaml).departments }}
{{- if $departments }}
departments:
  {{- range $departments }}
  - name: {{ .name | quote }}
    namespace: {{ .namespace | quote }}
    sandboxNamespace: {{ .sandboxNamespace | quote }}
    {{- with .policy }}
    policy:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  {{- end }}
{{- else }}
departments: []
{{- end }}
{{- end }}
