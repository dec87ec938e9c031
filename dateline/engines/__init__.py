"""Where row steps run. An engine is a function `run(make_step, batches, workers) -> iterator` of the steps' results in order."""
