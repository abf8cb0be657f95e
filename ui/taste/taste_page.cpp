// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/taste_page.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/taste/mix_row.h"
#include "ui/taste/thumbnail_row.h"
#include "ui/taste/training_card.h"
#include "ui/taste/trait_row.h"
#include "ui/taste/version_evidence.h"
#include "ui/taste/version_row.h"
#include "ui/theme/caption.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int reading_width = 880;
constexpr int knowledge_height = 4;
constexpr int knowledge_scale = 1000;
constexpr int taught_side = 56;
constexpr int taught_columns = 4;
constexpr int percent = 100;

QLabel* sectionTitle(QWidget* parent) {
    auto* title = new QLabel(parent);
    title->setFont(theme::font(theme::text_prompt, QFont::DemiBold));
    return title;
}

/// The adapter file that is dragged; empty: something else.
QString adapterIn(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    if (urls.size() != 1 || !urls.front().isLocalFile()) return {};
    const QString path = urls.front().toLocalFile();
    return path.endsWith(QStringLiteral(".safetensors"), Qt::CaseInsensitive) ? path : QString();
}
}  // namespace

TastePage::TastePage(app::Library& library, app::ThumbnailLoader& thumbnails, QWidget* parent) :
    QWidget(parent), library_(library), thumbnails_(thumbnails) {
    setObjectName(QStringLiteral("taste_page"));
    setAcceptDrops(true);
    auto* page = new QWidget;
    page->setMaximumWidth(reading_width);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme::space_xl, theme::space_xl, theme::space_xl, theme::space_xl);
    column->setSpacing(theme::space_m);
    buildPage(column);

    // A page one reads keeps its width; what is left goes to both sides.
    auto* centred = new QWidget;
    auto* row = new QHBoxLayout(centred);
    row->setContentsMargins({});
    row->addStretch(1);
    row->addWidget(page, 100);
    row->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(centred);
    scroll->viewport()->setAutoFillBackground(false);
    centred->setAutoFillBackground(false);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins({});
    all->addWidget(scroll);
    setFocusProxy(scroll);
    refresh();
}

void TastePage::buildPage(QVBoxLayout* column) {
    profile_ = new FlatButton(this);
    profile_->setObjectName(QStringLiteral("profile_menu"));
    profile_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    profile_->setIcon(icon("circle-user-round"));
    profile_->setPopupMode(QToolButton::InstantPopup);
    profile_->setFont(theme::font(theme::text_title, QFont::DemiBold));
    profiles_ = new QMenu(this);
    profile_->setMenu(profiles_);
    more_ = new FlatButton("ellipsis", {}, this);
    more_->setObjectName(QStringLiteral("taste_more"));
    more_->setPopupMode(QToolButton::InstantPopup);
    more_menu_ = new QMenu(this);
    more_->setMenu(more_menu_);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(-theme::space_s, 0, 0, 0);  // the name begins where the text below does, its plate before
    top->addWidget(profile_);
    top->addStretch();
    top->addWidget(more_);
    column->addLayout(top);

    headline_ = new QLabel(this);
    headline_->setObjectName(QStringLiteral("taste_headline"));
    headline_->setWordWrap(true);
    headline_->setFont(theme::font(theme::text_prompt));
    counts_ = new Caption(this);
    knowledge_ = new QProgressBar(this);
    knowledge_->setRange(0, knowledge_scale);
    knowledge_->setTextVisible(false);
    knowledge_->setFixedHeight(knowledge_height);
    duel_ = new QPushButton(this);
    duel_->setObjectName(QStringLiteral("start_duel"));
    duel_->setIcon(icon("columns-2"));
    connect(duel_, &QPushButton::clicked, this, &TastePage::duelWanted);
    auto* words = new QVBoxLayout;
    words->setSpacing(theme::space_xs);
    words->addWidget(headline_);
    words->addWidget(counts_);
    auto* status = new QHBoxLayout;
    status->setSpacing(theme::space_l);
    status->addLayout(words, 1);
    status->addWidget(duel_, 0, Qt::AlignVCenter);
    column->addLayout(status);
    column->addWidget(knowledge_);
    training_ = new TrainingCard(this);
    column->addWidget(training_);

    column->addSpacing(theme::space_m);
    traits_title_ = sectionTitle(this);
    column->addWidget(traits_title_);
    traits_ = new QVBoxLayout;
    traits_->setSpacing(theme::space_s);
    column->addLayout(traits_);

    column->addSpacing(theme::space_m);
    taught_title_ = sectionTitle(this);
    taught_hint_ = new Caption(this);
    column->addWidget(taught_title_);
    column->addWidget(taught_hint_);
    taught_ = new QWidget(this);
    column->addWidget(taught_);

    column->addSpacing(theme::space_m);
    versions_title_ = sectionTitle(this);
    import_ = new FlatButton(this);
    import_->setObjectName(QStringLiteral("import_version"));
    import_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    import_->setIcon(icon("download"));
    connect(import_, &QToolButton::clicked, this, &TastePage::importWanted);
    auto* versions_top = new QHBoxLayout;
    versions_top->addWidget(versions_title_);
    versions_top->addStretch();
    versions_top->addWidget(import_);
    column->addLayout(versions_top);
    versions_ = new QVBoxLayout;
    versions_->setSpacing(theme::space_xs);
    column->addLayout(versions_);
    mix_ = new MixRow(this);
    connect(mix_, &MixRow::mixWanted, this, &TastePage::mixWanted);
    column->addWidget(mix_);

    column->addSpacing(theme::space_m);
    evidence_ = new VersionEvidence(this);
    column->addWidget(evidence_);
    column->addStretch();
}

void TastePage::setFacts(const TasteFacts& facts) {
    if (facts == facts_) return;
    facts_ = facts;
    refresh();
}

void TastePage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

void TastePage::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), colors(this).chrome); }

void TastePage::dragEnterEvent(QDragEnterEvent* event) {
    if (!adapterIn(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void TastePage::dropEvent(QDropEvent* event) {
    const QString path = adapterIn(*event->mimeData());
    if (path.isEmpty()) return;
    event->acceptProposedAction();
    Q_EMIT fileDropped(path);
}

void TastePage::fillProfiles() {
    profiles_->clear();
    for (const QString& name : facts_.profiles) {
        auto* action = profiles_->addAction(name, this, [this, name] { Q_EMIT profileChosen(name); });
        action->setCheckable(true);
        action->setChecked(name == facts_.profile);
    }
    profiles_->addSeparator();
    profiles_->addAction(icon("user-round-plus"), tr("New profile…"), this, &TastePage::newProfileWanted);
    more_menu_->clear();
    more_menu_->addAction(icon("download"), tr("Save all answers as a file…"), this, &TastePage::exportWanted);
    auto* battery = more_menu_->addAction(tr("Learn on the battery too"), this, [this](bool learns) { Q_EMIT batteryChosen(learns); });
    battery->setCheckable(true);
    battery->setChecked(facts_.learns_on_battery);
    more_menu_->addSeparator();
    more_menu_->addAction(icon("trash"), tr("Forget everything about this profile…"), this, &TastePage::forgetWanted);
}

void TastePage::refreshKnowledge() {
    if (facts_.needed > 0) headline_->setText(tr("After %n more answer(s) Fuselight can begin to see your taste.", nullptr, facts_.needed));
    else if (!facts_.speaks) headline_->setText(tr("It cannot tell yet what you like. More answers, or more different pictures, will help."));
    else
        headline_->setText(tr("It explains %1 % of the differences between your ratings, checked on pictures it had not seen.")
                               .arg(qRound(facts_.explained * percent)));
    QStringList counts;
    if (facts_.stars > 0) counts.append(tr("%n star rating(s)", nullptr, facts_.stars));
    if (facts_.picks > 0) counts.append(tr("%n pick(s)", nullptr, facts_.picks));
    if (facts_.duels > 0) counts.append(tr("%n duel(s)", nullptr, facts_.duels));
    counts_->setText(counts.isEmpty() ? tr("No answers yet. Stars, picks and duels all count.") : counts.join(QStringLiteral(" · ")));
    knowledge_->setVisible(facts_.speaks);
    knowledge_->setValue(qRound(qBound(0.0, facts_.explained, 1.0) * knowledge_scale));
    knowledge_->setAccessibleName(tr("How much of your taste is explained"));
}

void TastePage::refresh() {
    setAccessibleName(tr("Taste"));
    profile_->setText(facts_.profile);
    profile_->setAccessibleName(tr("Profile: %1").arg(facts_.profile));
    more_->setName(tr("More"));
    fillProfiles();
    refreshKnowledge();
    duel_->setText(tr("Start a duel"));
    duel_->setToolTip(tr("Two pictures, and which is better: the quickest way to teach your taste"));
    training_->setFacts(facts_.training);

    traits_title_->setText(tr("What it learned"));
    traits_title_->setVisible(!facts_.traits.isEmpty());
    while (trait_rows_.size() > facts_.traits.size()) delete trait_rows_.takeLast();
    while (trait_rows_.size() < facts_.traits.size()) {
        auto* row = new TraitRow(library_, thumbnails_, this);
        connect(row, &TraitRow::pictureClicked, this, &TastePage::pictureWanted);
        traits_->addWidget(row);
        trait_rows_.append(row);
    }
    for (qsizetype i = 0; i < trait_rows_.size(); ++i) trait_rows_.at(i)->setTrait(facts_.traits.at(i));

    taught_title_->setText(tr("The answers that taught it most"));
    taught_hint_->setText(tr("In each pair you preferred the first picture."));
    for (QWidget* part : {static_cast<QWidget*>(taught_title_), static_cast<QWidget*>(taught_hint_), taught_})
        part->setVisible(!facts_.taught.isEmpty());
    qDeleteAll(taught_->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    delete taught_->layout();
    auto* grid = new QGridLayout(taught_);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(theme::space_xl);
    grid->setVerticalSpacing(theme::space_m);
    for (qsizetype i = 0; i < facts_.taught.size(); ++i) {
        auto* pair = new ThumbnailRow(library_, thumbnails_, taught_);
        pair->setSide(taught_side);
        pair->setItems({facts_.taught.at(i).preferred, facts_.taught.at(i).other});
        pair->setAccessibleName(tr("A pair that taught much"));
        connect(pair, &ThumbnailRow::clicked, this, &TastePage::pictureWanted);
        grid->addWidget(pair, static_cast<int>(i) / taught_columns, static_cast<int>(i) % taught_columns);
    }
    grid->setColumnStretch(taught_columns, 1);

    versions_title_->setText(tr("Versions"));
    import_->setText(tr("Import…"));
    import_->setToolTip(tr("Adds a taste that somebody shared as a .safetensors file; it can also be dropped here. It is checked first, and not used "
                           "until you say so."));
    while (version_rows_.size() > facts_.versions.size()) delete version_rows_.takeLast();
    while (version_rows_.size() < facts_.versions.size()) {
        auto* row = new VersionRow(this);
        connect(row, &VersionRow::useWanted, this, &TastePage::versionUseWanted);
        connect(row, &VersionRow::noteEdited, this, &TastePage::noteEdited);
        connect(row, &VersionRow::pinWanted, this, &TastePage::pinWanted);
        connect(row, &VersionRow::shareWanted, this, &TastePage::shareWanted);
        versions_->addWidget(row);
        version_rows_.append(row);
    }
    for (qsizetype i = 0; i < version_rows_.size(); ++i) version_rows_.at(i)->setVersion(facts_.versions.at(i));
    mix_->setFacts(facts_.versions, facts_.mix);
    evidence_->setVersions(facts_.versions);
}

}  // namespace ui
