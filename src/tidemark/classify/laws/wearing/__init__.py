"""What a wrist-worn accelerometer goes through: the day, each activity's motion, the device, its files."""
