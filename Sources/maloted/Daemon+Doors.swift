// The daemon's two doors: the control socket, and the port with pages and API; knows no route.

import MaloteAdmin
import MaloteCore
import MaloteEngine
import MaloteRuntime

extension Daemon {
    func startServers(_ config: DaemonConfig) throws -> [HTTPServer] {
        let given = manager.activatedSockets()
        let control = try given["control"] ?? ListenSocket.unix(config.control)
        var servers = [try server(control, .controlSocket)]
        if let http = config.http {
            let socket = try given["http"] ?? ListenSocket.tcp(host: http.host, port: http.port)
            let site = Site(access: room, time: time, isSecure: http.url.hasPrefix("https:")) {
                GuardedControl(room, for: $0)
            }
            servers.append(try server(socket, .tcp, site: site))
            log(.notice, "Pages and API: http://\(ListenSocket.place(of: socket) ?? "\(http.host):\(http.port)")")
        }
        return servers
    }

    private func server(
        _ socket: Int32, _ door: AdminRouter.Door, site: Site? = nil
    ) throws -> HTTPServer {
        let router = AdminRouter(control: room, door: door, site: site) { !stop.isSet && signs.stale().isEmpty }
        return try HTTPServer(socket: socket, bodyLimit: { await router.bodyLimit(for: $0) }) { request in
            let response = await router.respond(to: request)
            meter.answered(door: door == .tcp ? "tcp" : "control", status: response.status)
            return response
        }
    }

    func close(_ servers: [HTTPServer]) async {
        for server in servers { await server.stop() }
    }
}
