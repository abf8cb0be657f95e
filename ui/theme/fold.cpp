// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/fold.h"

#include <QAbstractButton>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

/// Chevron and caption, lined up with the captions of sections that do not fold.
class FoldHeader final : public QAbstractButton {
    Q_OBJECT
public:
    explicit FoldHeader(QWidget* parent) : QAbstractButton(parent) {
        setFont(theme::font(theme::text_caption));
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        setObjectName(QStringLiteral("fold_header"));
    }
    void setOpen(bool open) {
        open_ = open;
        update();
    }
    QSize sizeHint() const override {
        return {theme::icon_small + theme::space_xs + fontMetrics().horizontalAdvance(text()) + theme::space_s, theme::space_xl};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const theme::Palette& p = colors(this);
        const QRect chevron(
            QStyle::visualRect(layoutDirection(), rect(), QRect(-3, (height() - theme::icon_small) / 2, theme::icon_small, theme::icon_small)));
        const bool right_to_left = layoutDirection() == Qt::RightToLeft;
        ui::icon(open_               ? "chevron-down"
                     : right_to_left ? "chevron-left"
                                     : "chevron-right",
                 underMouse() ? IconTone::text : IconTone::secondary)
            .paint(&painter, chevron);
        painter.setPen(underMouse() ? p.text : p.text_secondary);
        const QRect words = QStyle::visualRect(layoutDirection(), rect(), rect().adjusted(theme::icon_small, 0, 0, 0));
        painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeading | Qt::TextSingleLine, text());
        if (hasFocus()) theme::paintFocusRing(painter, rect(), p.focus, theme::radius_small);
    }

private:
    bool open_ = false;
};

Fold::Fold(QWidget* content, QWidget* parent) : QWidget(parent), content_(content) {
    header_ = new FoldHeader(this);
    setFocusProxy(header_);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::space_xs);
    column->addWidget(header_, 0, Qt::AlignLeading);
    column->addWidget(content_);
    content_->hide();
    connect(header_, &QAbstractButton::clicked, this, [this] { setExpanded(!isExpanded()); });
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
    header_->setOpen(open);
    header_->setText(open || hint_.isEmpty() ? title_ : QString(title_ + QStringLiteral("  ·  ") + hint_));
    header_->updateGeometry();
    header_->setAccessibleName(title_);
    header_->setAccessibleDescription(open ? tr("Unfolded") : tr("Folded"));
}

}  // namespace ui

#include "fold.moc"
