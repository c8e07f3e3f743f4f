"""Who was there, and the papers that say so: presence, certificates, letters of invitation."""
