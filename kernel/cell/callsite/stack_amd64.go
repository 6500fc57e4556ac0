package callsite

// above: the words of a frame lie above its frame pointer, up to that of its caller.
const above = false
