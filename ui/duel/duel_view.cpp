// SPDX-License-Identifier: Apache-2.0
#include "ui/duel/duel_view.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "app/imaging/image_loader.h"
#include "app/library/library.h"
#include "ui/duel/duel_button.h"
#include "ui/gallery/empty_notice.h"
#include "ui/theme/caption.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {

std::optional<DuelAnswer> answerOf(const QKeyEvent& key) {
    if (key.modifiers() & ~Qt::KeypadModifier) return std::nullopt;
    switch (key.key()) {
    case Qt::Key_Left: return DuelAnswer::left;
    case Qt::Key_Right: return DuelAnswer::right;
    case Qt::Key_Down: return DuelAnswer::equal;
    case Qt::Key_Up: return DuelAnswer::skip;
    default: return std::nullopt;
    }
}

}  // namespace

DuelView::DuelView(app::Library& library, QWidget* parent) :
    QWidget(parent), library_(library), loader_(new app::ImageLoader(this)), prompt_(new QLabel(this)), count_(new Caption(this)),
    undo_(new FlatButton("undo-2", {}, this)), close_(new FlatButton("x", {}, this)), scene_(new QStackedWidget(this)),
    question_(new QWidget(scene_)), board_(new DuelBoard(*loader_, question_)), nothing_(new EmptyNotice(scene_)) {
    setFocusPolicy(Qt::StrongFocus);
    prompt_->setAlignment(Qt::AlignCenter);
    prompt_->setTextFormat(Qt::PlainText);
    prompt_->setFont(theme::font(theme::text_prompt));
    prompt_->setMinimumWidth(1);
    count_->setObjectName(QStringLiteral("duel_count"));
    undo_->setObjectName(QStringLiteral("duel_undo"));
    constexpr std::array icons{std::pair{"thumbs-up", "arrow-left"}, std::pair{"thumbs-up", "arrow-right"}, std::pair{"equal", "arrow-down"},
                               std::pair{"skip-forward", "arrow-up"}};
    for (size_t i = 0; i < buttons_.size(); ++i) {
        buttons_[i] = new DuelButton(icons[i].first, icons[i].second, question_);
        connect(buttons_[i], &QAbstractButton::clicked, this, [this, i] { answer(static_cast<DuelAnswer>(i)); });
    }

    auto* header = new QHBoxLayout;
    header->setSpacing(theme::space_s);
    header->addWidget(count_);
    header->addWidget(prompt_, 1);
    header->addWidget(undo_);
    header->addWidget(close_);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::space_s);
    row->addStretch();
    // As the arrow keys lie: left, up and down between, right.
    for (const DuelAnswer each : {DuelAnswer::left, DuelAnswer::equal, DuelAnswer::skip, DuelAnswer::right})
        row->addWidget(buttons_[static_cast<size_t>(each)]);
    row->addStretch();
    auto* question = new QVBoxLayout(question_);
    question->setContentsMargins({});
    question->setSpacing(theme::space_l);
    question->addWidget(board_, 1);
    question->addLayout(row);
    scene_->addWidget(question_);
    scene_->addWidget(nothing_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_xl, theme::space_m, theme::space_xl, theme::space_xl);
    column->setSpacing(theme::space_m);
    column->addLayout(header);
    column->addWidget(scene_, 1);

    connect(board_, &DuelBoard::chosen, this, [this](DuelBoard::Side side) {
        setFocus(Qt::MouseFocusReason);
        answer(side == DuelBoard::left ? DuelAnswer::left : DuelAnswer::right);
    });
    connect(undo_, &QToolButton::clicked, this, &DuelView::undoWanted);
    connect(close_, &QToolButton::clicked, this, &DuelView::closeWanted);
    connect(loader_, &app::ImageLoader::ready, this, [this](const QString& path) {
        for (const auto side : {DuelBoard::left, DuelBoard::right}) {
            const auto* item = pair_ ? library_.find(side == DuelBoard::left ? pair_->left : pair_->right) : nullptr;
            if (item && item->path == path) load(side);
        }
    });
    connect(loader_, &app::ImageLoader::failed, this, [this](const QString& path) {
        for (const auto side : {DuelBoard::left, DuelBoard::right}) {
            const auto* item = pair_ ? library_.find(side == DuelBoard::left ? pair_->left : pair_->right) : nullptr;
            if (item && item->path == path) board_->setPicture(side, {{}, false, tr("The picture's file cannot be read. Skip to the next pair.")});
        }
        refreshWords();
    });
    undo_->setEnabled(false);
    retranslate();
    showPair(std::nullopt);
}

void DuelView::showPair(std::optional<DuelPair> pair, std::optional<DuelPair> next) {
    pair_ = pair;
    scene_->setCurrentWidget(pair_ ? question_ : nothing_);
    if (pair_) {
        for (const auto side : {DuelBoard::left, DuelBoard::right}) load(side);
    }
    if (next) {
        for (const app::ItemId id : {next->left, next->right}) {
            if (const auto* item = library_.find(id)) loader_->prefetch(item->path);
        }
    }
    refreshWords();
}

void DuelView::load(DuelBoard::Side side) {
    const auto* item = library_.find(side == DuelBoard::left ? pair_->left : pair_->right);
    if (!item) {
        board_->setPicture(side, {{}, false, tr("The picture is no longer in the library. Skip to the next pair.")});
    } else {
        board_->setPicture(side, {loader_->image(item->path), item->has_alpha, {}});
    }
    refreshWords();
}

void DuelView::setAnswered(int count) {
    answered_ = count;
    refreshWords();
}

void DuelView::setGoal(const QString& words) {
    goal_ = words;
    refreshWords();
}

void DuelView::setUndoEnabled(bool enabled) { undo_->setEnabled(enabled); }

bool DuelView::canChoose() const {
    return pair_ && !board_->picture(DuelBoard::left).image.isNull() && !board_->picture(DuelBoard::right).image.isNull();
}

void DuelView::answer(DuelAnswer answer) {
    // Who has not seen both pictures cannot have judged them.
    if (!pair_ || (answer != DuelAnswer::skip && !canChoose())) return;
    buttons_[static_cast<size_t>(answer)]->flash();
    const DuelPair asked = *pair_;
    Q_EMIT answered(asked, answer);
}

bool DuelView::event(QEvent* event) {
    // The arrows walk through the strip elsewhere; here they answer.
    if (event->type() == QEvent::ShortcutOverride && pair_ && answerOf(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void DuelView::keyPressEvent(QKeyEvent* event) {
    const auto chosen = answerOf(*event);
    // A key that is held down is one answer.
    if (chosen && !event->isAutoRepeat()) answer(*chosen);
    else if (event->matches(QKeySequence::Undo) && undo_->isEnabled()) Q_EMIT undoWanted();
    else if (!chosen) QWidget::keyPressEvent(event);
}

void DuelView::refreshWords() {
    const auto* left = pair_ ? library_.find(pair_->left) : nullptr;
    const auto* right = pair_ ? library_.find(pair_->right) : nullptr;
    const bool one_prompt = left && right && left->prompt == right->prompt;
    const QString words = one_prompt ? left->prompt.simplified() : tr("Which one do you like better?");
    prompt_->setText(prompt_->fontMetrics().elidedText(words, Qt::ElideRight, qMax(1, width() / 2)));
    prompt_->setVisible(pair_.has_value());
    prompt_->setToolTip(one_prompt ? left->prompt : QString());
    const QString count = tr("%n answer(s)", nullptr, answered_);
    count_->setText(goal_.isEmpty() ? count : QStringLiteral("%1 · %2").arg(count, goal_));
    const bool choose = canChoose();
    for (const DuelAnswer each : {DuelAnswer::left, DuelAnswer::right, DuelAnswer::equal}) buttons_[static_cast<size_t>(each)]->setEnabled(choose);
    board_->setAccessibleDescription(left && right ? tr("Left: %1. Right: %2.").arg(left->prompt, right->prompt) : QString());
}

void DuelView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void DuelView::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), colors(this).canvas); }

void DuelView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refreshWords();
}

void DuelView::retranslate() {
    setAccessibleName(tr("Duel"));
    board_->setAccessibleName(tr("Two pictures"));
    buttons_[0]->setWords(tr("Left is better"), tr("The left picture is the better one (Left arrow)"));
    buttons_[1]->setWords(tr("Right is better"), tr("The right picture is the better one (Right arrow)"));
    buttons_[2]->setWords(tr("About equal"), tr("Neither is better (Down arrow)"));
    buttons_[3]->setWords(tr("Skip"), tr("Asks something else; nothing is learnt from it (Up arrow)"));
    undo_->setName(tr("Take back the last answer"));
    close_->setName(tr("Back to the studio"));
    nothing_->setWords("columns-2", tr("Nothing to compare yet"),
                       tr("Draw a prompt with two or more images. Here you then choose between them, and the model learns what you like."));
    refreshWords();
}

}  // namespace ui
