// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/version_row.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>

#include "ui/gallery/day_text.h"
#include "ui/taste/win_rate_bar.h"
#include "ui/theme/caption.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int note_width = 180;
constexpr int use_width = 80;
constexpr int longest_note = 200;

using Verdict = TasteVersion::Verdict;

const char* iconOf(Verdict verdict) {
    switch (verdict) {
    case Verdict::base: return "layers";
    case Verdict::candidate: return "clock";
    case Verdict::accepted: return "circle-check";
    case Verdict::rejected: return "circle-x";
    case Verdict::imported: return "download";
    }
    return "layers";
}
}  // namespace

VersionRow::VersionRow(QWidget* parent) :
    QWidget(parent), icon_(new QLabel(this)), title_(new QLabel(this)), detail_(new Caption(this)), story_(new Caption(this)),
    rate_(new WinRateBar(this)), note_(new QLineEdit(this)), use_(new QPushButton(this)), back_(new QPushButton(this)),
    pin_(new FlatButton("pin", {}, this)), share_(new FlatButton("share-2", {}, this)) {
    title_->setFont(theme::font(theme::text_body, QFont::DemiBold));
    detail_->setWordWrap(true);
    story_->setWordWrap(true);
    note_->setMaxLength(longest_note);
    note_->setFixedWidth(note_width);
    pin_->setCheckable(true);
    use_->setObjectName(QStringLiteral("use_version"));
    back_->setObjectName(QStringLiteral("put_back"));
    use_->setMinimumWidth(use_width);  // "In use" and "Use" end the same columns
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(theme::space_l, theme::space_s, theme::space_m, theme::space_s);
    grid->setHorizontalSpacing(theme::space_s);
    grid->setVerticalSpacing(theme::space_xs);
    grid->addWidget(icon_, 0, 0, 2, 1, Qt::AlignVCenter);
    grid->addWidget(title_, 0, 1);
    grid->addWidget(detail_, 1, 1);
    grid->addWidget(rate_, 0, 2, 2, 1);
    grid->addWidget(note_, 0, 3, 2, 1);
    grid->addWidget(pin_, 0, 4, 2, 1);
    grid->addWidget(share_, 0, 5, 2, 1);
    grid->addWidget(back_, 0, 6, 2, 1);
    grid->addWidget(use_, 0, 7, 2, 1);
    grid->addWidget(story_, 2, 1, 1, 7);
    grid->setColumnStretch(1, 1);

    connect(use_, &QPushButton::clicked, this, [this] { Q_EMIT useWanted(version_.id); });
    connect(back_, &QPushButton::clicked, this, [this] {
        if (version_.trial) Q_EMIT useWanted(version_.trial->former_id);
    });
    connect(pin_, &QToolButton::clicked, this, [this](bool pinned) { Q_EMIT pinWanted(version_.id, pinned); });
    connect(share_, &QToolButton::clicked, this, [this] { Q_EMIT shareWanted(version_.id); });
    connect(note_, &QLineEdit::editingFinished, this, [this] {
        const QString note = note_->text().trimmed();
        if (note == version_.note) return;
        version_.note = note;
        Q_EMIT noteEdited(version_.id, note);
    });
    refresh();
}

void VersionRow::setVersion(const TasteVersion& version) {
    version_ = version;
    if (!note_->hasFocus()) note_->setText(version.note);
    refresh();
}

void VersionRow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange) refresh();
    QWidget::changeEvent(event);
}

void VersionRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    if (version_.in_use) theme::paintPlate(painter, rect(), palette.raised, palette.hairline, theme::radius);
    else theme::paintHairline(painter, rect(), Qt::BottomEdge, palette.hairline);
}

void VersionRow::refresh() {
    const bool base = version_.verdict == Verdict::base;
    icon_->setPixmap(ui::icon(iconOf(version_.verdict)).pixmap(theme::icon_small));
    title_->setText(base ? tr("The model as it came") : tr("Version %1").arg(version_.number));
    QStringList details;
    if (!base) {
        details.append(dayText(localDay(version_.made_at), QDate::currentDate()));
        if (version_.verdict != Verdict::imported) details.append(tr("from %n answer(s)", nullptr, version_.signals_used));
    }
    QString story;
    switch (version_.verdict) {
    case Verdict::base: details.append(tr("Always there to go back to")); break;
    case Verdict::candidate:
        if (version_.trial && version_.trial->answers > 0)
            story = tr("On trial: %1 of %n answer(s) for it", nullptr, version_.trial->answers).arg(version_.trial->wins);
        else story = tr("On trial: half of your pictures are drawn with it; your stars, picks and duels decide");
        break;
    case Verdict::accepted: break;
    case Verdict::imported: details.append(tr("from a file, not proven here")); break;
    case Verdict::rejected: story = version_.reason.isEmpty() ? tr("not better, so it is not used") : version_.reason; break;
    }
    const bool foreign = !version_.made_for.isEmpty();
    if (foreign) story = tr("Made for %1: the model that is loaded cannot draw with it").arg(version_.made_for);
    detail_->setText(details.join(QStringLiteral(" · ")));
    if (!story.isEmpty()) story[0] = story.at(0).toUpper();  // elsewhere the same words end a sentence
    story_->setText(story);
    story_->setVisible(!story.isEmpty());
    rate_->setVisible(version_.win_rate.has_value());
    if (version_.win_rate) rate_->setWinRate(*version_.win_rate);
    note_->setVisible(!base);
    note_->setPlaceholderText(tr("Note"));
    note_->setAccessibleName(tr("Note on version %1").arg(version_.number));
    pin_->setVisible(!base);
    pin_->setChecked(version_.pinned);
    pin_->setName(version_.pinned ? tr("Kept for good; click to let it go in time") : tr("Keep for good"));
    share_->setVisible(!base);
    share_->setName(tr("Save as a file to share"));
    back_->setVisible(version_.trial.has_value());
    back_->setText(tr("Put back"));
    back_->setToolTip(tr("End the trial and draw as before"));
    back_->setAccessibleName(tr("End the trial of %1 and draw as before").arg(title_->text()));
    if (version_.trial) {
        use_->setText(tr("Take now"));
        use_->setEnabled(!foreign);
        use_->setToolTip(tr("End the trial and draw with this version only"));
        use_->setAccessibleName(tr("End the trial and use %1").arg(title_->text()));
        return;
    }
    use_->setToolTip({});
    use_->setText(!version_.in_use ? tr("Use") : foreign ? tr("Waits") : tr("In use"));
    use_->setEnabled(!version_.in_use && !foreign);
    use_->setAccessibleName(version_.in_use ? tr("%1, in use").arg(title_->text()) : tr("Use %1").arg(title_->text()));
}

}  // namespace ui
