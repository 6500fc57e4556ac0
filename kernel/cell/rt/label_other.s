// A package with assembly may declare functions without a body: see goroutineLabels.
