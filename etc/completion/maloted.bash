# Completion of maloted for bash; zsh reads it after: autoload -U +X bashcompinit && bashcompinit
_maloted() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}" word task=""
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$word" in
        check-config|check|restore|migrate-store|parse|help) task="$word" ;;
        esac
    done
    case "$prev" in
    --config) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --log) COMPREPLY=($(compgen -W "journal text json" -- "$cur")); return ;;
    --from|--to) COMPREPLY=($(compgen -W "sqlite postgres" -- "$cur")); return ;;
    esac
    case "$task:$cur" in
    check:-*) COMPREPLY=($(compgen -W "--config --json" -- "$cur")) ;;
    restore:-*) COMPREPLY=($(compgen -W "--config --check" -- "$cur")) ;;
    migrate-store:*) COMPREPLY=($(compgen -W "--from --to --config" -- "$cur")) ;;
    check:*|restore:*) COMPREPLY=($(compgen -f -- "$cur")) ;;
    parse:-*) COMPREPLY=($(compgen -W "--jsonl" -- "$cur")) ;;
    parse:*) COMPREPLY=($(compgen -f -- "$cur")) ;;
    check-config:*) COMPREPLY=($(compgen -W "--config" -- "$cur")) ;;
    :-*) COMPREPLY=($(compgen -W "--config --log --debug --version --help" -- "$cur")) ;;
    :*) COMPREPLY=($(compgen -W "check-config check restore migrate-store parse help --config --log --debug --version --help" -- "$cur")) ;;
    esac
}
complete -F _maloted maloted
