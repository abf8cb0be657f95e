// SPDX-License-Identifier: Apache-2.0
#include "ui/window/actions.h"

#include <QCoreApplication>
#include <QKeySequence>
#include <QWidget>

#include "ui/theme/icons.h"

namespace ui {

namespace {

struct Row {
    Command command;
    CommandGroup group;
    const char* icon;
    const char* text;  ///< marked for translation; translated by retranslate()
    const char* hint;  ///< what it does, for the tooltip
    const char* keys;  ///< portable text, several divided by "; "; bare keys act only outside text fields
};

// clang-format off
constexpr Row rows[] = {
    {Command::restore_settings, CommandGroup::file, "file-image", QT_TRANSLATE_NOOP("ui::Actions", "Take settings from picture…"),
     QT_TRANSLATE_NOOP("ui::Actions", "Reads the prompt and the settings out of a picture that Fuselight saved"), "Ctrl+O"},
    {Command::add_pictures, CommandGroup::file, "images", QT_TRANSLATE_NOOP("ui::Actions", "Add pictures…"),
     QT_TRANSLATE_NOOP("ui::Actions", "Brings pictures of your own into the library, to be rated like drawn ones"), "Ctrl+Shift+A"},
    {Command::add_model, CommandGroup::file, "plus", QT_TRANSLATE_NOOP("ui::Actions", "Add a model…"),
     QT_TRANSLATE_NOOP("ui::Actions", "Lists the folder of another FuseDiT model, to draw with it"), "Ctrl+Shift+O"},
    {Command::save_as, CommandGroup::file, "save", QT_TRANSLATE_NOOP("ui::Actions", "Save as…"),
     QT_TRANSLATE_NOOP("ui::Actions", "Saves the picture as PNG, WebP, TIFF or JPEG"), "Ctrl+Shift+S; E"},
    {Command::show_file, CommandGroup::file, "folder-open", QT_TRANSLATE_NOOP("ui::Actions", "Show file"),
     QT_TRANSLATE_NOOP("ui::Actions", "Shows the picture's file in the file manager"), "Ctrl+Shift+R"},
    {Command::settings, CommandGroup::file, "settings", QT_TRANSLATE_NOOP("ui::Actions", "Settings"),
     QT_TRANSLATE_NOOP("ui::Actions", "Appearance, language, folders, trash"), "Ctrl+,"},
    {Command::quit, CommandGroup::file, "log-out", QT_TRANSLATE_NOOP("ui::Actions", "Quit"),
     QT_TRANSLATE_NOOP("ui::Actions", "Ends Fuselight; waiting jobs go on next time"), "Ctrl+Q"},
    {Command::undo, CommandGroup::edit, "undo-2", QT_TRANSLATE_NOOP("ui::Actions", "Undo"),
     QT_TRANSLATE_NOOP("ui::Actions", "Takes the last rating, deletion or replacement back"), "Ctrl+Z"},
    {Command::redo, CommandGroup::edit, "redo-2", QT_TRANSLATE_NOOP("ui::Actions", "Redo"),
     QT_TRANSLATE_NOOP("ui::Actions", "Does again what was taken back"), "Ctrl+Shift+Z; Ctrl+Y"},
    {Command::focus_prompt, CommandGroup::edit, "pencil", QT_TRANSLATE_NOOP("ui::Actions", "Write prompt"),
     QT_TRANSLATE_NOOP("ui::Actions", "Puts the cursor into the prompt"), "Ctrl+L; P"},
    {Command::move_to_trash, CommandGroup::edit, "trash", QT_TRANSLATE_NOOP("ui::Actions", "Move to trash"),
     QT_TRANSLATE_NOOP("ui::Actions", "Takes the picture out of the library; undo brings it back"), "Del"},
    {Command::studio, CommandGroup::view, "image", QT_TRANSLATE_NOOP("ui::Actions", "Studio"),
     QT_TRANSLATE_NOOP("ui::Actions", "One picture, large"), "F2"},
    {Command::library, CommandGroup::view, "layout-grid", QT_TRANSLATE_NOOP("ui::Actions", "Library"),
     QT_TRANSLATE_NOOP("ui::Actions", "All pictures as a grid"), "F3; G"},
    {Command::duel, CommandGroup::view, "columns-2", QT_TRANSLATE_NOOP("ui::Actions", "Duel"),
     QT_TRANSLATE_NOOP("ui::Actions", "Two pictures, and which is better: the quickest way to teach your taste"), "F7; D"},
    {Command::taste, CommandGroup::view, "heart", QT_TRANSLATE_NOOP("ui::Actions", "Taste"),
     QT_TRANSLATE_NOOP("ui::Actions", "What the model learnt from your ratings"), "F8; T"},
    {Command::inspector, CommandGroup::view, "panel-right", QT_TRANSLATE_NOOP("ui::Actions", "Inspector"),
     QT_TRANSLATE_NOOP("ui::Actions", "Shows how the picture was drawn"), "F9; I"},
    {Command::queue, CommandGroup::view, "list-ordered", QT_TRANSLATE_NOOP("ui::Actions", "Queue"),
     QT_TRANSLATE_NOOP("ui::Actions", "What is drawn now and what waits"), "F4"},
    {Command::models, CommandGroup::view, "layers", QT_TRANSLATE_NOOP("ui::Actions", "Models"),
     QT_TRANSLATE_NOOP("ui::Actions", "Which model draws, and what the others are"), "F6"},
    {Command::full_screen, CommandGroup::view, "maximize", QT_TRANSLATE_NOOP("ui::Actions", "Full screen"),
     QT_TRANSLATE_NOOP("ui::Actions", "The picture alone"), "Space; F11"},
    {Command::zoom_in, CommandGroup::view, "zoom-in", QT_TRANSLATE_NOOP("ui::Actions", "Zoom in"),
     QT_TRANSLATE_NOOP("ui::Actions", "Shows the picture larger"), "Ctrl++; Ctrl+="},
    {Command::zoom_out, CommandGroup::view, "zoom-out", QT_TRANSLATE_NOOP("ui::Actions", "Zoom out"),
     QT_TRANSLATE_NOOP("ui::Actions", "Shows the picture smaller"), "Ctrl+-"},
    {Command::zoom_fit, CommandGroup::view, "scan", QT_TRANSLATE_NOOP("ui::Actions", "Fit to window"),
     QT_TRANSLATE_NOOP("ui::Actions", "Shows the whole picture"), "Ctrl+0"},
    {Command::zoom_actual, CommandGroup::view, "ratio", QT_TRANSLATE_NOOP("ui::Actions", "Actual pixels"),
     QT_TRANSLATE_NOOP("ui::Actions", "One pixel of the picture on one pixel of the screen"), "Ctrl+1"},
    {Command::generate, CommandGroup::image, "sparkles", QT_TRANSLATE_NOOP("ui::Actions", "Generate"),
     QT_TRANSLATE_NOOP("ui::Actions", "Draws the prompt"), "Ctrl+Return; Ctrl+Enter"},
    {Command::cancel, CommandGroup::image, "square", QT_TRANSLATE_NOOP("ui::Actions", "Cancel drawing"),
     QT_TRANSLATE_NOOP("ui::Actions", "Stops what is being drawn; in a text field, leaves the field"), "Esc"},
    {Command::previous, CommandGroup::image, "arrow-left", QT_TRANSLATE_NOOP("ui::Actions", "Newer picture"),
     QT_TRANSLATE_NOOP("ui::Actions", "Goes one picture to the left in the strip"), "Left"},
    {Command::next, CommandGroup::image, "arrow-right", QT_TRANSLATE_NOOP("ui::Actions", "Older picture"),
     QT_TRANSLATE_NOOP("ui::Actions", "Goes one picture to the right in the strip"), "Right"},
    {Command::rate_0, CommandGroup::image, "star-off", QT_TRANSLATE_NOOP("ui::Actions", "No rating"),
     QT_TRANSLATE_NOOP("ui::Actions", "Takes the stars away"), "0"},
    {Command::rate_1, CommandGroup::image, "star", QT_TRANSLATE_NOOP("ui::Actions", "Rate 1 star"),
     QT_TRANSLATE_NOOP("ui::Actions", "Rates the picture"), "1"},
    {Command::rate_2, CommandGroup::image, "star", QT_TRANSLATE_NOOP("ui::Actions", "Rate 2 stars"),
     QT_TRANSLATE_NOOP("ui::Actions", "Rates the picture"), "2"},
    {Command::rate_3, CommandGroup::image, "star", QT_TRANSLATE_NOOP("ui::Actions", "Rate 3 stars"),
     QT_TRANSLATE_NOOP("ui::Actions", "Rates the picture"), "3"},
    {Command::rate_4, CommandGroup::image, "star", QT_TRANSLATE_NOOP("ui::Actions", "Rate 4 stars"),
     QT_TRANSLATE_NOOP("ui::Actions", "Rates the picture"), "4"},
    {Command::rate_5, CommandGroup::image, "star", QT_TRANSLATE_NOOP("ui::Actions", "Rate 5 stars"),
     QT_TRANSLATE_NOOP("ui::Actions", "Rates the picture"), "5"},
    {Command::pick, CommandGroup::image, "check", QT_TRANSLATE_NOOP("ui::Actions", "Pick"),
     QT_TRANSLATE_NOOP("ui::Actions", "Marks the picture as one to keep; again, takes the mark away"), "K"},
    {Command::reject, CommandGroup::image, "ban", QT_TRANSLATE_NOOP("ui::Actions", "Reject"),
     QT_TRANSLATE_NOOP("ui::Actions", "Marks the picture as one that failed; again, takes the mark away"), "X"},
    {Command::compare, CommandGroup::image, "columns-2", QT_TRANSLATE_NOOP("ui::Actions", "Before and after"),
     QT_TRANSLATE_NOOP("ui::Actions", "The same picture without your taste, and back; what is not there yet is drawn"), "B"},
    {Command::use_again, CommandGroup::image, "corner-up-left", QT_TRANSLATE_NOOP("ui::Actions", "Use again"),
     QT_TRANSLATE_NOOP("ui::Actions", "Brings the picture's prompt and settings back"), "U"},
    {Command::use_again_new_seed, CommandGroup::image, "dices", QT_TRANSLATE_NOOP("ui::Actions", "Use again, new seed"),
     QT_TRANSLATE_NOOP("ui::Actions", "The same, but the next picture will differ"), "Shift+U"},
    {Command::use_prompt, CommandGroup::image, "type", QT_TRANSLATE_NOOP("ui::Actions", "Use prompt only"),
     QT_TRANSLATE_NOOP("ui::Actions", "Brings the words back and leaves the settings"), "Ctrl+Shift+U"},
    {Command::shortcuts, CommandGroup::help, "keyboard", QT_TRANSLATE_NOOP("ui::Actions", "Keyboard shortcuts"),
     QT_TRANSLATE_NOOP("ui::Actions", "Every key on one page"), "F1"},
    {Command::about, CommandGroup::help, "info", QT_TRANSLATE_NOOP("ui::Actions", "About Fuselight"),
     QT_TRANSLATE_NOOP("ui::Actions", "Version and licences"), ""},
};
// clang-format on

static_assert(std::size(rows) == static_cast<std::size_t>(Command::count), "every command has its row");

QString words(const char* source) { return QCoreApplication::translate("ui::Actions", source); }

}  // namespace

Actions::Actions(QWidget& window) : QObject(&window) {
    for (const Row& row : rows) {
        auto* action = new QAction(icon(row.icon), QString(), this);
        QList<QKeySequence> keys;
        for (const QString& text : QString::fromLatin1(row.keys).split(QStringLiteral("; "), Qt::SkipEmptyParts))
            keys.append(QKeySequence::fromString(text, QKeySequence::PortableText));
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WindowShortcut);
        actions_[static_cast<std::size_t>(row.command)] = action;
        window.addAction(action);
    }
    for (const Command command : {Command::studio, Command::library, Command::duel, Command::taste, Command::inspector, Command::full_screen})
        (*this)[command].setCheckable(true);
    // Held keys walk and zoom; nothing else repeats.
    for (const Command command : {Command::generate, Command::cancel, Command::full_screen, Command::move_to_trash, Command::use_again, Command::pick,
                                  Command::reject, Command::compare})
        (*this)[command].setAutoRepeat(false);
    (*this)[Command::quit].setMenuRole(QAction::QuitRole);
    (*this)[Command::about].setMenuRole(QAction::AboutRole);
    (*this)[Command::settings].setMenuRole(QAction::PreferencesRole);
    retranslate();
}

std::vector<Command> Actions::inGroup(CommandGroup group) const {
    std::vector<Command> result;
    for (const Row& row : rows)
        if (row.group == group) result.push_back(row.command);
    return result;
}

QString Actions::groupName(CommandGroup group) {
    switch (group) {
    case CommandGroup::file: return tr("File");
    case CommandGroup::edit: return tr("Edit");
    case CommandGroup::view: return tr("View");
    case CommandGroup::image: return tr("Image");
    case CommandGroup::help: return tr("Help");
    }
    return {};
}

void Actions::setUndoText(const QString& text) {
    undo_text_ = text;
    QAction& action = (*this)[Command::undo];
    action.setText(text.isEmpty() ? tr("Undo") : tr("Undo: %1").arg(text));
    action.setEnabled(!text.isNull());
}

void Actions::setRedoText(const QString& text) {
    redo_text_ = text;
    QAction& action = (*this)[Command::redo];
    action.setText(text.isEmpty() ? tr("Redo") : tr("Redo: %1").arg(text));
    action.setEnabled(!text.isNull());
}

void Actions::retranslate() {
    for (const Row& row : rows) {
        QAction& action = (*this)[row.command];
        action.setText(words(row.text));
        const QString key = action.shortcut().toString(QKeySequence::NativeText);
        const QString hint = words(row.hint);
        action.setToolTip(key.isEmpty() ? hint : QStringLiteral("%1 (%2)").arg(hint, key));
        action.setStatusTip(hint);
    }
    setUndoText(undo_text_);
    setRedoText(redo_text_);
}

}  // namespace ui
