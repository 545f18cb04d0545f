"""The fault rig's parts; knows no fault."""
