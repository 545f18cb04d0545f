// The words of the pages of mailboxes; knows no page.

import MaloteCore

struct MailboxWords: PageWords {
    // Lists
    var newMailbox, id, server, description, type, inbox, outbox, state, lastError, none, filterHint: String
    var empty, emptyFiltered, failingSince, lastGood, nextTry, messages, pollNow, polled, systemOutbox: String
    var linkContract, linkHint, unused, token, tokenEnds, notAuthorized: String
    // The form
    var editMailbox, typeLegend, inboxHint, outboxHint, descriptionHint, connection, preset, presetHint: String
    var presetOther, serverHint, port, portHint, provider, providerHint, tls, tlsHint, tlsUsual, tlsStart,
        tlsImplicit: String
    var tlsNone, login, auth, authHint, user, userHint, password, passwordHint, passwordKept, proof: String
    var proofStored, proofFile, proofCredential, proofOAuth, file, fileHint, credential, credentialHint: String
    var reading, folder, folderHint, poll, pollHint, after, afterSeen, afterLeave, afterDelete: String
    var afterMove, afterFolder, start, startHint, startUnseen, startNew, startAll, startSince, startDay: String
    var sending, senders, sendersHint, trust, ca, caHint, pin, pinHint: String
    var oauth, oauthHint, oauthProvider, oauthFlow, tenant, clientID, clientSecret, secretEnds, secretEndsHint,
        secretKept, refreshToken: String
    var scope, tokenURL, deviceURL, key, keyHint, subject, oauthCA, clearInbox, clearInboxHint: String
    var saveAndTest, makeSystem, madeSystem, keyMissing: String
    // Consent
    var authorize, consentText, consentAddress, consentCode, consentUntil, consentCheck, consentGranted: String
    // The test
    var test, testing, testPassed, testFailed, step, whatToDo, again, testHint, roundTrip, roundTripNone: String
    var steps: [ProbeStep.Name: String]

    func step(_ name: ProbeStep.Name) -> String { steps[name] ?? name.rawValue }

    static let english = MailboxWords(
        newMailbox: "New mailbox", id: "ID", server: "Server", description: "Description", type: "Type",
        inbox: "Inbox", outbox: "Outbox", state: "State", lastError: "Last error", none: "none",
        filterHint: "Part of a server's name",
        empty: "No mailbox is registered yet.", emptyFiltered: "No mailbox has such a server.",
        failingSince: "Failing since", lastGood: "Last good", nextTry: "Next try", messages: "Messages",
        pollNow: "Poll now", polled: "The poll of {name} has begun.", systemOutbox: "It is the system outbox.",
        linkContract: "Link it to a new contract",
        linkHint: "No contract uses this mailbox yet. Link it to a contract, so that its mail is taken or sent.",
        unused: "no contract", token: "Token", tokenEnds: "until", notAuthorized: "not authorized",
        editMailbox: "Edit mailbox {name}", typeLegend: "Type",
        inboxHint: "Messages arrive here.", outboxHint: "Notifications leave through it.",
        descriptionHint: "What this connection is for, in your words.", connection: "Server",
        preset: "Known provider", presetHint: "Fills in server, port and protection where they are empty.",
        presetOther: "another", serverHint: "Host name or IP address, without a port.", port: "Server port",
        portHint: "Empty takes the usual: 993 imaps, 143 imap, 995 pops, 110 pop; 587 STARTTLS, 465 TLS, 25 none.",
        provider: "Provider", providerHint: "The protocol. imaps and pops are encrypted from the start.",
        tls: "Requires TLS/SSL?", tlsHint: "Without it, mail and password cross the network in clear.",
        tlsUsual: "as usual (STARTTLS, or what the known provider wants)", tlsStart: "yes, by STARTTLS",
        tlsImplicit: "yes, from the start (TLS/SSL)", tlsNone: "no",
        login: "Login", auth: "Requires user authentication?",
        authHint: "Most servers that send for you do.", user: "User", userHint: "Often the whole e-mail address.",
        password: "Password", passwordHint: "Stored sealed, and never shown again.",
        passwordKept: "Leave it empty to keep the present one.", proof: "Proof",
        proofStored: "Password, stored here", proofFile: "Password in a file",
        proofCredential: "Password as a systemd credential", proofOAuth: "OAuth 2.0 (Microsoft 365, Google)",
        file: "File", fileHint: "Absolute path on the mail room's machine; read at each login.",
        credential: "Credential", credentialHint: "Its name in the service's LoadCredential=.",
        reading: "Reading", folder: "Inbox folder", folderHint: "Usually INBOX.", poll: "Look every",
        pollHint: "Like 60s or 5m.", after: "On the server, a taken message is",
        afterSeen: "marked as seen", afterLeave: "left as it is", afterDelete: "deleted",
        afterMove: "moved to a folder", afterFolder: "Folder to move to", start: "The first poll takes",
        startHint:
            "Each message that it takes opens a ticket, and flows answer it: with many old ones, take only new ones.",
        startUnseen: "what nobody has read", startNew: "only what comes from now on",
        startAll: "everything", startSince: "what came since a day", startDay: "First day",
        sending: "Sending", senders: "Sender",
        sendersHint: "Whom recipients see, one a line; the first is the default: Help <help@example.org>. "
            + "Empty takes the user.",
        trust: "Trust", ca: "Certificate authorities",
        caHint: "Absolute path of a PEM file, for a server with a private authority.", pin: "Pinned key",
        pinHint: "sha256//… of the server's public key, for a self-signed server.",
        oauth: "OAuth 2.0", oauthHint: "What the provider gave you when you registered the application.",
        oauthProvider: "OAuth provider", oauthFlow: "Flow", tenant: "Tenant", clientID: "Client ID",
        clientSecret: "Client secret", secretEnds: "Last day of the client secret",
        secretEndsHint: "As the provider told it. Alerts tell of it 30 days before.",
        secretKept: "A secret is stored. Leave it empty to keep it.",
        refreshToken: "Refresh token", scope: "Scope", tokenURL: "Token address", deviceURL: "Device address",
        key: "Service account's key", keyHint: "Absolute path of the JSON file.", subject: "Subject",
        oauthCA: "Authorities of the token server", clearInbox: "Connection of imap and pop",
        clearInboxHint: "imaps and pops need no choice here.", saveAndTest: "Save and test",
        makeSystem: "Make it the system outbox", madeSystem: "{name} is the system outbox now.",
        keyMissing: "the key is missing",
        authorize: "Authorize", consentText: "Go to this address as the mailbox's user, and type the code there.",
        consentAddress: "Address", consentCode: "Code", consentUntil: "Until", consentCheck: "I have done it",
        consentGranted: "The mailbox is authorized.",
        test: "Test connection", testing: "Testing {name}…", testPassed: "All is well.",
        testFailed: "The test stopped at: {step}.", step: "Step", whatToDo: "What to do", again: "Test again",
        testHint: "Connects now, beside the schedule. Nothing is fetched, changed or sent.",
        roundTrip: "With a real message", roundTripNone: "without",
        steps: [
            .settings: "Settings", .name: "Name (DNS)", .connection: "Connection", .tls: "TLS", .greeting: "Greeting",
            .capabilities: "Capabilities", .token: "Token", .login: "Login", .folder: "Folder", .rights: "Rights",
            .target: "Target folder", .sender: "Sender", .sending: "Sending", .arrival: "Arrival",
        ])

    static let portuguese = MailboxWords(
        newMailbox: "Nova caixa de e-mail", id: "ID", server: "Servidor", description: "Descrição", type: "Tipo",
        inbox: "Entrada", outbox: "Saída", state: "Situação", lastError: "Último erro", none: "nenhum",
        filterHint: "Parte do nome de um servidor",
        empty: "Ainda não há caixa de e-mail registrada.", emptyFiltered: "Nenhuma caixa tem um servidor assim.",
        failingSince: "Falhando desde", lastGood: "Último sucesso", nextTry: "Próxima tentativa",
        messages: "Mensagens", pollNow: "Ler agora", polled: "A leitura de {name} começou.",
        systemOutbox: "É a caixa de saída do sistema.", linkContract: "Vincular a um novo contrato",
        linkHint: "Nenhum contrato usa esta caixa ainda. Vincule-a a um contrato para que seus e-mails sejam lidos ou "
            + "enviados.",
        unused: "nenhum contrato", token: "Token", tokenEnds: "até", notAuthorized: "não autorizado",
        editMailbox: "Editar a caixa de e-mail {name}", typeLegend: "Tipo",
        inboxHint: "Por aqui chegam as mensagens.", outboxHint: "Por aqui saem as notificações.",
        descriptionHint: "Para que serve esta conexão, em suas palavras.", connection: "Servidor",
        preset: "Provedor conhecido", presetHint: "Preenche servidor, porta e proteção onde estão vazios.",
        presetOther: "outro", serverHint: "Endereço do host ou IP do servidor, sem a porta.",
        port: "Porta do servidor",
        portHint: "Vazia, vale a usual: 993 imaps, 143 imap, 995 pops, 110 pop; 587 STARTTLS, 465 TLS, 25 sem.",
        provider: "Provider", providerHint: "Protocolo de conexão. imaps e pops são cifrados desde o início.",
        tls: "Exige autenticação TLS/SSL?", tlsHint: "Sem ela, e-mails e senha passam abertos pela rede.",
        tlsUsual: "como de costume (STARTTLS, ou o que o provedor conhecido pede)", tlsStart: "sim, por STARTTLS",
        tlsImplicit: "sim, desde o início (TLS/SSL)", tlsNone: "não",
        login: "Autenticação", auth: "Exige autenticação do usuário?",
        authHint: "A maioria dos servidores que enviam por você exige.", user: "Usuário",
        userHint: "Em geral o endereço de e-mail inteiro.", password: "Senha",
        passwordHint: "É guardada cifrada e nunca mais mostrada.",
        passwordKept: "Deixe vazia para manter a atual.", proof: "Comprovação",
        proofStored: "Senha guardada aqui", proofFile: "Senha em um arquivo",
        proofCredential: "Senha como credencial do systemd", proofOAuth: "OAuth 2.0 (Microsoft 365, Google)",
        file: "Arquivo", fileHint: "Caminho absoluto na máquina do Malote; lido a cada autenticação.",
        credential: "Credencial", credentialHint: "O nome dela em LoadCredential= do serviço.",
        reading: "Leitura", folder: "Pasta da caixa de entrada", folderHint: "Geralmente INBOX.",
        poll: "Ler a cada", pollHint: "Como 60s ou 5m.", after: "No servidor, a mensagem lida é",
        afterSeen: "marcada como lida", afterLeave: "deixada como está", afterDelete: "excluída",
        afterMove: "movida para uma pasta", afterFolder: "Pasta de destino", start: "A primeira leitura recebe",
        startHint:
            "Cada mensagem recebida abre um chamado, e os fluxos a respondem: se há muitas antigas, receba só as novas.",
        startUnseen: "o que ninguém leu", startNew: "só o que chegar de agora em diante",
        startAll: "tudo", startSince: "o que chegou desde um dia", startDay: "Primeiro dia",
        sending: "Envio", senders: "Remetente",
        sendersHint: "Identificação apresentada ao destinatário, um por linha; o primeiro é o padrão: "
            + "Suporte <suporte@exemplo.com.br>. Vazio, vale o usuário.",
        trust: "Confiança", ca: "Autoridades certificadoras",
        caHint: "Caminho absoluto de um arquivo PEM, para um servidor com autoridade própria.", pin: "Chave fixada",
        pinHint: "sha256//… da chave pública do servidor, para um servidor autoassinado.",
        oauth: "OAuth 2.0", oauthHint: "O que o provedor lhe deu quando você registrou o aplicativo.",
        oauthProvider: "Provedor OAuth", oauthFlow: "Fluxo", tenant: "Tenant (diretório)", clientID: "ID do cliente",
        clientSecret: "Segredo do cliente", secretEnds: "Último dia do segredo do cliente",
        secretEndsHint: "Como o provedor informou. Os alertas avisam 30 dias antes.",
        secretKept: "Há um segredo guardado. Deixe vazio para mantê-lo.",
        refreshToken: "Refresh token", scope: "Escopo", tokenURL: "Endereço de tokens",
        deviceURL: "Endereço de dispositivos", key: "Chave da conta de serviço",
        keyHint: "Caminho absoluto do arquivo JSON.", subject: "Em nome de",
        oauthCA: "Autoridades do servidor de tokens", clearInbox: "Conexão de imap e pop",
        clearInboxHint: "imaps e pops não precisam de escolha aqui.", saveAndTest: "Gravar e testar",
        makeSystem: "Tornar a caixa de saída do sistema", madeSystem: "{name} é agora a caixa de saída do sistema.",
        keyMissing: "falta a chave",
        authorize: "Autorizar", consentText: "Vá a este endereço como o usuário da caixa e digite lá o código.",
        consentAddress: "Endereço", consentCode: "Código", consentUntil: "Até", consentCheck: "Já fiz",
        consentGranted: "A caixa está autorizada.",
        test: "Testar conexão", testing: "Testando {name}…", testPassed: "Tudo certo.",
        testFailed: "O teste parou em: {step}.", step: "Passo", whatToDo: "O que fazer", again: "Testar de novo",
        testHint: "Conecta agora, fora da programação. Nada é lido, alterado ou enviado.",
        roundTrip: "Com uma mensagem real", roundTripNone: "sem",
        steps: [
            .settings: "Configuração", .name: "Nome (DNS)", .connection: "Conexão", .tls: "TLS",
            .greeting: "Saudação", .capabilities: "Recursos", .token: "Token", .login: "Autenticação",
            .folder: "Pasta", .rights: "Permissões", .target: "Pasta de destino", .sender: "Remetente",
            .sending: "Envio", .arrival: "Chegada",
        ])
}
