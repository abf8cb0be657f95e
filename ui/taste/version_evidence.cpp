// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/version_evidence.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/taste/pair_grid.h"
#include "ui/theme/caption.h"
#include "ui/theme/theme.h"

namespace ui {

VersionEvidence::VersionEvidence(QWidget* parent) :
    QWidget(parent), title_(new QLabel(this)), choice_(new FlatButton(this)), menu_(new QMenu(this)), detail_(new Caption(this)),
    grid_(new PairGrid(this)) {
    setObjectName(QStringLiteral("version_evidence"));
    title_->setFont(theme::font(theme::text_prompt, QFont::DemiBold));
    choice_->setObjectName(QStringLiteral("evidence_version"));
    choice_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    choice_->setPopupMode(QToolButton::InstantPopup);
    choice_->setMenu(menu_);
    detail_->setWordWrap(true);
    auto* top = new QHBoxLayout;
    top->addWidget(title_);
    top->addStretch();
    top->addWidget(choice_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::space_m);
    column->addLayout(top);
    column->addWidget(detail_);
    column->addWidget(grid_);
    refresh();
}

const TasteVersion* VersionEvidence::shown() const {
    const auto found = std::find_if(versions_.begin(), versions_.end(), [this](const TasteVersion& version) { return version.id == shown_; });
    return found == versions_.end() ? nullptr : &*found;
}

void VersionEvidence::setVersions(const QList<TasteVersion>& versions) {
    versions_ = versions;
    versions_.removeIf([](const TasteVersion& version) { return version.id.isEmpty(); });
    if (shown()) return refresh();
    const auto used = std::find_if(versions_.begin(), versions_.end(), [](const TasteVersion& version) { return version.in_use; });
    show(used != versions_.end() ? used->id : versions_.isEmpty() ? QString() : versions_.front().id);
}

void VersionEvidence::show(const QString& id) {
    shown_ = id;
    read_ = false;
    grid_->setPairs({});
    refresh();
    if (!id.isEmpty()) Q_EMIT picturesWanted(id);
}

void VersionEvidence::setPairs(const QString& id, const QList<app::EvaluationPair>& pairs) {
    if (id != shown_) return;
    read_ = true;
    grid_->setPairs(pairs);
    refresh();
}

void VersionEvidence::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

void VersionEvidence::refresh() {
    const TasteVersion* version = shown();
    setVisible(version != nullptr);
    if (!version) return;
    title_->setText(tr("Before and after"));
    choice_->setText(tr("Version %1").arg(version->number));
    choice_->setAccessibleName(tr("Version whose pictures are shown: %1").arg(version->number));
    choice_->setVisible(versions_.size() > 1);
    menu_->clear();
    for (const TasteVersion& each : std::as_const(versions_)) {
        auto* action = menu_->addAction(tr("Version %1").arg(each.number), this, [this, id = each.id] { show(id); });
        action->setCheckable(true);
        action->setChecked(each.id == shown_);
    }
    QStringList details;
    if (!version->origin.isEmpty()) details.append(version->origin);
    if (grid_->count() > 0) details.append(tr("Each pair is one prompt from the same seed: without it, and with it."));
    else if (read_) details.append(tr("There are no pictures of its evaluation."));
    detail_->setText(details.join(QLatin1Char(' ')));
    detail_->setVisible(!details.isEmpty());
    grid_->setVisible(grid_->count() > 0);
    grid_->setAccessibleName(tr("Pictures without and with version %1").arg(version->number));
}

}  // namespace ui
