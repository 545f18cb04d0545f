// Where the API describes itself; knows no other route.

import MaloteCore

enum DocumentRoutes {
    /// docs/openapi.yaml, as it was when this was built.
    static let text = PackageResources.openapi_yaml

    static let all = [
        Route(
            "GET", "/v1/openapi.yaml", gives: ["application/yaml"], isOpen: true
        ) { ask throws(Problem) in
            ask.tagged(HTTPResponse(status: 200, type: "application/yaml", body: text), EntityTag(text))
        }
    ]
}
