// Where the API describes itself; knows no other route.

import MaloteCore

enum DocumentRoutes {
    static let all: [Route] = []
}
