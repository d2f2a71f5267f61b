{{/* Where the chart's pods run, and with whose credentials they are pulled. */}}
{{- define "countersign.podPlacement" -}}
enableServiceLinks: false
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every pod of the chart gives up. */}}
{{- define "countersign.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* And every container. */}}
{{- define "countersign.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* The operator's two files. */}}
{{- define "countersign.configVolume" -}}
# One projected volume, mounted without subPath: so the departments' file is replaced live when it changes.
- name: config
  projected:
    sources:
      - configMap:
          name: countersign-config
          items:
            - key: config.yaml
              path: config.yaml
      - configMap:
          name: countersign-departments
          items:
            - key: departments.yaml
              path: departments/departments.yaml
{{- end }}

{{/* Annotations of what exists only while the release is uninstalled. Takes the weight, by which Helm orders them. */}}
{{- define "countersign.uninstallHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
