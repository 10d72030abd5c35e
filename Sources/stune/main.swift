print("stune")
