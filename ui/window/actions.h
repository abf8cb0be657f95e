// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QObject>
#include <array>
#include <vector>

namespace ui {

/// Everything one can do from a menu or a key. The one list: menus, shortcuts and the shortcut page are made from it.
enum class Command {
    restore_settings,
    add_pictures,
    add_model,
    save_as,
    show_file,
    settings,
    quit,
    undo,
    redo,
    focus_prompt,
    move_to_trash,
    studio,
    library,
    duel,
    taste,
    inspector,
    queue,
    models,
    full_screen,
    zoom_in,
    zoom_out,
    zoom_fit,
    zoom_actual,
    generate,
    cancel,
    previous,
    next,
    rate_0,
    rate_1,
    rate_2,
    rate_3,
    rate_4,
    rate_5,
    pick,
    reject,
    compare,
    use_again,
    use_again_new_seed,
    use_prompt,
    shortcuts,
    about,
    count
};

enum class CommandGroup { file, edit, view, image, help };

class Actions final : public QObject {
    Q_OBJECT
public:
    /// Makes the actions and gives them to `window`, so that their keys work whatever has the focus in it.
    explicit Actions(QWidget& window);

    QAction& operator[](Command command) const { return *actions_[static_cast<std::size_t>(command)]; }
    std::vector<Command> inGroup(CommandGroup group) const;
    static QString groupName(CommandGroup group);

    /// Names that depend on what would be undone or redone.
    void setUndoText(const QString& text);
    void setRedoText(const QString& text);
    void retranslate();

private:
    std::array<QAction*, static_cast<std::size_t>(Command::count)> actions_{};
    QString undo_text_;
    QString redo_text_;
};

}  // namespace ui
