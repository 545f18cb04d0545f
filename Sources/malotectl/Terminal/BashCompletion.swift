// The completion of bash, which zsh reads as well; knows no command by name.

struct BashCompletion {
    private let commands: [Command]

    init(_ commands: [Command]) { self.commands = commands }

    /// Nothing of what is typed is ever run; names come from the daemon through this tool.
    var script: String {
        """
        # Completion of malotectl. Made by: malotectl completion bash
        _malotectl_next() {
            case "$1" in
        \(branches)
            esac
        }
        _malotectl_options() {
            case "$1" in
        \(options)
            esac
        }
        _malotectl_places() {
            case "$1" in
        \(places)
            esac
        }
        \(Self.engine)
        """
    }

    private var branches: String {
        Completion.branches(commands).map { "    \"\($0.path)\") echo \"\($0.next.joined(separator: " "))\" ;;" }
            .joined(separator: "\n")
    }

    /// `NAME=CODE` for each option, `=` alone for one without a value.
    private var options: String {
        commands.map { command in
            let words = (command.options + Completion.globals).map { option in
                "\(option.name)=\(option.value == nil ? "" : Completion.value(of: option, in: command).code)"
            }
            return "    \"\(command.words.joined(separator: " "))\") echo \"\(words.joined(separator: " "))\" ;;"
        }.joined(separator: "\n") + "\n    *) echo \"--socket=file --json= --version= --help=\" ;;"
    }

    private var places: String {
        commands.filter { !$0.positional.isEmpty }.map { command in
            let codes = command.positional.indices.map { Completion.value(ofPositional: $0, in: command).code }
            return "    \"\(command.words.joined(separator: " "))\") echo \"\(codes.joined(separator: " "))\" ;;"
        }.joined(separator: "\n")
    }

    private static let engine = """
        _malotectl_fill() {
            local code="$1" cur="$2" socket="$3"
            case "$code" in
            -|"") ;;
            file) COMPREPLY=($(compgen -f -- "$cur")) ;;
            @*)
                if [ -n "$socket" ]; then
                    COMPREPLY=($(compgen -W "$(malotectl --socket "$socket" completion names "${code#@}" 2>/dev/null)" -- "$cur"))
                else
                    COMPREPLY=($(compgen -W "$(malotectl completion names "${code#@}" 2>/dev/null)" -- "$cur"))
                fi ;;
            *) COMPREPLY=($(compgen -W "${code//|/ }" -- "$cur")) ;;
            esac
        }
        _malotectl() {
            # Not called path: in zsh that is PATH.
            local cur="${COMP_WORDS[COMP_CWORD]}" said="" socket="" place=0 i=1 word pair code="" wanted=""
            COMPREPLY=()
            while [ "$i" -lt "$COMP_CWORD" ]; do
                word="${COMP_WORDS[i]}"
                i=$((i + 1))
                if [ -n "$wanted" ]; then
                    # The shell parts a word at its equals sign.
                    [ "$word" = "=" ] && continue
                    [ "$wanted" = "--socket" ] && socket="$word"
                    wanted=""
                    continue
                fi
                case "$word" in
                -*)
                    for pair in $(_malotectl_options "$said"); do
                        if [ "${pair%%=*}" = "$word" ] && [ -n "${pair#*=}" ]; then wanted="$word"; fi
                    done ;;
                *)
                    case " $(_malotectl_next "$said") " in
                    *" $word "*) said="${said:+$said }$word" ;;
                    *) place=$((place + 1)) ;;
                    esac ;;
                esac
            done
            [ "$cur" = "=" ] && cur=""
            if [ -n "$wanted" ]; then
                for pair in $(_malotectl_options "$said"); do
                    [ "${pair%%=*}" = "$wanted" ] && code="${pair#*=}"
                done
                _malotectl_fill "$code" "$cur" "$socket"
                return
            fi
            case "$cur" in
            -*)
                local names=""
                for pair in $(_malotectl_options "$said"); do names="$names ${pair%%=*}"; done
                COMPREPLY=($(compgen -W "$names" -- "$cur"))
                return ;;
            esac
            if [ "$place" -eq 0 ]; then COMPREPLY=($(compgen -W "$(_malotectl_next "$said")" -- "$cur")); fi
            local all=("${COMPREPLY[@]}") at=0
            for code in $(_malotectl_places "$said"); do
                if [ "$at" -eq "$place" ]; then
                    _malotectl_fill "$code" "$cur" "$socket"
                    COMPREPLY+=("${all[@]}")
                    return
                fi
                at=$((at + 1))
            done
        }
        complete -F _malotectl malotectl

        """
}
