// SPDX-License-Identifier: Apache-2.0
#include "ui/window/shortcut_window.h"

#include <QEvent>
#include <QGridLayout>
#include <QKeySequence>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/theme/caption.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace ui {

ShortcutWindow::ShortcutWindow(const Actions& actions, QWidget* parent) : QDialog(parent), actions_(actions) {
    setObjectName(QStringLiteral("shortcut_window"));
    setModal(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSizeConstraint(QLayout::SetFixedSize);
    fill();
}

void ShortcutWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) fill();
    QDialog::changeEvent(event);
}

void ShortcutWindow::fill() {
    setWindowTitle(tr("Keyboard shortcuts"));
    delete page_;
    page_ = new QWidget(this);
    auto* columns = new QHBoxLayout(page_);
    columns->setContentsMargins(theme::space_xl, theme::space_xl, theme::space_xl, theme::space_xl);
    columns->setSpacing(2 * theme::space_xl);
    const auto section = [this](CommandGroup group, QVBoxLayout* into) {
        into->addWidget(new Caption(Actions::groupName(group), page_));
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(theme::space_xl);
        grid->setVerticalSpacing(theme::space_xs);
        grid->setColumnStretch(0, 1);
        int row = 0;
        for (const Command command : actions_.inGroup(group)) {
            const QAction& action = actions_[command];
            QStringList keys;
            for (const QKeySequence& sequence : action.shortcuts()) keys.append(sequence.toString(QKeySequence::NativeText));
            if (keys.isEmpty()) continue;
            auto* name = new QLabel(action.text().remove(QStringLiteral("…")), page_);
            auto* key = new QLabel(keys.join(tr(" or ")), page_);
            key->setForegroundRole(QPalette::PlaceholderText);
            key->setAlignment(Qt::AlignTrailing | Qt::AlignVCenter);
            grid->addWidget(name, row, 0);
            grid->addWidget(key, row++, 1);
        }
        into->addLayout(grid);
        into->addSpacing(theme::space_m);
    };
    auto* left = new QVBoxLayout;
    auto* right = new QVBoxLayout;
    for (QVBoxLayout* side : {left, right}) {
        side->setSpacing(theme::space_xs);
        columns->addLayout(side);
    }
    section(CommandGroup::image, left);
    left->addStretch(1);
    section(CommandGroup::view, right);
    section(CommandGroup::edit, right);
    section(CommandGroup::file, right);
    section(CommandGroup::help, right);
    right->addStretch(1);
    layout()->addWidget(page_);
}

}  // namespace ui
