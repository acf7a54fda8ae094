{{- define "steward.labels" -}}
app.kubernetes.io/name: homelab-steward
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "steward.selector" -}}
app.kubernetes.io/name: homelab-steward
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "steward.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}
