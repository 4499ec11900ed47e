"""Studies: folders of participants' accelerometer recordings, cut into labelled windows.

The layout is that of CAPTURE-24 (Chan et al., "CAPTURE-24: A large dataset of wrist-worn activity tracker
data collected in the wild for human activity recognition", Scientific Data 11, 2024): a CSV file for each
participant, and a dictionary that turns what the annotators wrote into the classes of a scheme.
"""
