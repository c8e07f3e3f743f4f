"""The door: checkpoints, devices and scans."""
