// How connections come to a shard and leave it; knows no mail protocol.

import CCurl
import MaloteCore

extension ShardLoop {
    /// - Parameter number: chosen by the caller, unique in the process; names the connection from now on.
    func dial(_ plan: DialPlan, number: Int, reply: @escaping Dial.Reply) {
        do throws(Failure) {
            let dial = try Dial(plan, reply: reply)
            dials[number] = dial
            let code = curl_multi_add_handle(UnsafeMutableRawPointer(multi), dial.easy)
            guard code == CURLM_OK else {
                dials[number] = nil
                curl_easy_cleanup(dial.easy)
                throw Failure(.transient, .defect, "libcurl took no further connection.")
            }
        } catch {
            reply(.failure(error))
        }
    }

    func cancelDial(_ number: Int) {
        guard let dial = dials.removeValue(forKey: number) else { return }
        dial.testify()
        Dial.discard(dial.easy, self)
        dial.fail(.stopped)
    }

    /// Hands over what libcurl has finished since the last look.
    func finishDials() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let (number, dial) = dials.first(where: { $0.value.easy == easy })
            else { continue }
            let code = malote_message_result(message)
            dials[number] = nil
            dial.testify()
            if code == CURLE_OK { handOver(dial, number) } else { refuse(dial, dial.failure(code)) }
        }
    }

    private func handOver(_ dial: Dial, _ number: Int) {
        var descriptor: curl_socket_t = -1
        malote_easy_get_socket(dial.easy, &descriptor)
        guard descriptor >= 0 else {
            return refuse(dial, Failure(.transient, .disconnected, "The server closed the connection at once."))
        }
        let place = "\(dial.endpoint.host):\(dial.endpoint.port)"
        let connection = OpenConnection(easy: dial.easy, descriptor: descriptor, place: place)
        connection.claim(self)
        do throws(Failure) {
            try watchOpen(descriptor, number: number)
            open[number] = connection
            dial.releaseReferences()
            dial.succeed(number)
        } catch {
            refuse(dial, error)
        }
    }

    private func refuse(_ dial: Dial, _ failure: Failure) {
        Dial.discard(dial.easy, self)
        dial.fail(failure)
    }

    func close(_ number: Int) { open.removeValue(forKey: number)?.close(self) }
}
