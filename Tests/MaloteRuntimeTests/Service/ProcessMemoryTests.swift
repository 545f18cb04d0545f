// Who may look into the daemon's memory.

import MaloteRuntime
import Testing

@Suite struct ProcessMemoryTests {
    @Test func nobodyMayLookIn() {
        defer { ProcessMemory.open() }
        #expect(!ProcessMemory.isPrivate)
        ProcessMemory.keepPrivate()
        #expect(ProcessMemory.isPrivate)
    }
}
