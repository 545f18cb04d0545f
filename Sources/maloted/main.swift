// Placeholder until the wiring is there.
print("not built yet")
