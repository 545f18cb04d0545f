// The words that the pages of all registered objects share; knows no kind of object.

struct RegistryPageWords: PageWords {
    var new, name, nameHint, title, status, language, actions, changeConfirm: String
    /// `{name}`.
    var saved, deleted, deleteQuestion, stillUsed, deleteFinal: String
    var changedMeanwhile, more, moreHint, used, next, previous, page: String
    var storedHere, inFile, asCredential: String

    static let english = RegistryPageWords(
        new: "New", name: "Name",
        nameHint: "1 to 63 of a-z, 0-9, '.', '_' and '-'. It cannot be changed later.",
        title: "Title", status: "Status", language: "Language", actions: "Actions",
        changeConfirm: "Save it anyway",
        saved: "{name} is saved.", deleted: "{name} is deleted.", deleteQuestion: "Delete {name}?",
        stillUsed: "{name} cannot be deleted yet: it is still used. Remove these links first:",
        deleteFinal: "This cannot be undone.",
        changedMeanwhile:
            "Somebody has changed this meanwhile. The form below has what you wrote; look at how it is now "
            + "before you save it once more.",
        more: "Seldom needed",
        moreHint: "Further fields, as in a registry file (YAML). The manual malotectl(1) lists them.",
        used: "Used by", next: "Next", previous: "Previous", page: "Page", storedHere: "Stored here",
        inFile: "In a file", asCredential: "As a systemd credential")

    static let portuguese = RegistryPageWords(
        new: "Novo", name: "Nome",
        nameHint: "De 1 a 63 caracteres: a-z, 0-9, '.', '_' e '-'. Não pode ser alterado depois.",
        title: "Título", status: "Situação", language: "Idioma", actions: "Ações",
        changeConfirm: "Gravar mesmo assim",
        saved: "{name} foi gravado.", deleted: "{name} foi excluído.", deleteQuestion: "Excluir {name}?",
        stillUsed: "{name} ainda não pode ser excluído: ainda está em uso. Remova antes estes vínculos:",
        deleteFinal: "Isto não pode ser desfeito.",
        changedMeanwhile:
            "Alguém alterou isto enquanto você editava. O formulário abaixo tem o que você escreveu; veja "
            + "como está agora antes de gravar mais uma vez.",
        more: "Raramente necessário",
        moreHint: "Outros campos, como em um arquivo de registro (YAML). O manual malotectl(1) os descreve.",
        used: "Usado por", next: "Próxima", previous: "Anterior", page: "Página", storedHere: "Guardado aqui",
        inFile: "Em um arquivo",
        asCredential: "Como credencial do systemd")
}
