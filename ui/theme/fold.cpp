// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/fold.h"

#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace ui {

Fold::Fold(QWidget* content, QWidget* parent) : QWidget(parent), content_(content) {
    header_ = new FlatButton(this);
    header_->setCheckable(false);
    header_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    header_->setFont(theme::font(theme::text_caption));
    header_->setObjectName(QStringLiteral("fold_header"));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::space_xs);
    auto* header_row = new QHBoxLayout;
    // The chevron lines up with the captions of the other sections.
    header_row->setContentsMargins(-theme::space_xs, 0, 0, 0);
    header_row->addWidget(header_);
    header_row->addStretch(1);
    column->addLayout(header_row);
    column->addWidget(content_);
    content_->hide();
    connect(header_, &QToolButton::clicked, this, [this] { setExpanded(!isExpanded()); });
    refresh();
}

void Fold::setTitle(const QString& title) {
    title_ = title;
    refresh();
}

void Fold::setHint(const QString& hint) {
    hint_ = hint;
    refresh();
}

void Fold::setExpanded(bool expanded) {
    if (expanded == isExpanded()) return;
    content_->setVisible(expanded);
    refresh();
    Q_EMIT expandedChanged(expanded);
}

bool Fold::isExpanded() const { return !content_->isHidden(); }

void Fold::refresh() {
    const bool open = isExpanded();
    header_->setIcon(icon(open ? "chevron-down" : "chevron-right", IconTone::secondary));
    header_->setText(open || hint_.isEmpty() ? title_ : QString(title_ + QStringLiteral("  ·  ") + hint_));
    header_->setAccessibleName(title_);
    header_->setAccessibleDescription(open ? tr("Unfolded") : tr("Folded"));
}

}  // namespace ui
