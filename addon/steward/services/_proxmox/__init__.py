"""What Proxmox VE and Proxmox Backup Server share: tokens and tasks."""
