# Stops an apply while the steward has an open incident, so that two changes do not meet.
terraform {
  required_version = ">= 1.5"
  required_providers {
    http = {
      source  = "hashicorp/http"
      version = "~> 3.4"
    }
  }
}

variable "steward_url" {
  description = "The address of the steward"
  type        = string
  default     = "https://steward.example.org"
}

variable "steward_token" {
  description = "A token of mcp.tokens; TF_VAR_steward_token keeps it out of files"
  type        = string
  sensitive   = true
}

data "http" "open_incidents" {
  url          = "${var.steward_url}/openapi/all/open_incidents"
  method       = "POST"
  request_body = "{}"
  request_headers = {
    Authorization = "Bearer ${var.steward_token}"
    Content-Type  = "application/json"
  }

  lifecycle {
    postcondition {
      condition     = self.status_code == 200
      error_message = "The steward answers ${self.status_code}: nobody knows whether an incident is open."
    }
    postcondition {
      condition     = try(length(jsondecode(self.response_body).incidents), 1) == 0
      error_message = "An incident is open. Apply again when it is closed."
    }
  }
}

# Every resource that may wait for it: depends_on = [data.http.open_incidents]
