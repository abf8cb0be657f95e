// SPDX-License-Identifier: Apache-2.0
#include "ui/duel/duel_session.h"

#include <QRandomGenerator>
#include <optional>

#include "app/feedback/taste_service.h"
#include "ui/duel/duel_view.h"

namespace ui {

namespace {

app::DuelAnswer stored(DuelAnswer answer) {
    switch (answer) {
    case DuelAnswer::left: return app::DuelAnswer::left;
    case DuelAnswer::right: return app::DuelAnswer::right;
    case DuelAnswer::equal: return app::DuelAnswer::equal;
    case DuelAnswer::skip: break;
    }
    return app::DuelAnswer::skip;
}

/// Which one stands on the left is chance: a habit of the hand must not become a taste.
DuelPair turned(const std::pair<app::ItemId, app::ItemId>& pair) {
    return QRandomGenerator::global()->bounded(2) == 0 ? DuelPair{pair.first, pair.second} : DuelPair{pair.second, pair.first};
}

}  // namespace

DuelSession::DuelSession(app::TasteService& taste, DuelView& view, QObject* parent) : QObject(parent), taste_(taste), view_(view) {
    connect(&view, &DuelView::answered, this, &DuelSession::answer);
    connect(&view, &DuelView::undoWanted, this, &DuelSession::takeBack);
    connect(&taste, &app::TasteService::knowledgeChanged, this, [this] {
        refresh();
        // There was nothing to ask; there may be now.
        if (!view_.pair() && view_.isVisible()) ask();
    });
    refresh();
}

void DuelSession::begin() {
    if (!view_.pair()) ask();
}

void DuelSession::ask() {
    const auto next = taste_.nextPair(passed_);
    if (!next) return view_.showPair(std::nullopt);
    passed_.push_back(*next);
    const auto after = taste_.nextPair(passed_);
    view_.showPair(turned(*next), after ? std::optional(DuelPair{after->first, after->second}) : std::nullopt);
}

void DuelSession::answer(DuelPair pair, DuelAnswer answer) {
    if (const auto done = taste_.answerDuel(pair.left, pair.right, stored(answer)); !done) {
        Q_EMIT storageFailed(done.error());
        return;  // the question stays
    }
    answers_.emplace_back(pair, answer);
    ask();
    refresh();
}

void DuelSession::takeBack() {
    if (answers_.empty()) return;
    const DuelPair pair = answers_.back().first;
    // The last word on a pair stands, and this one says nothing.
    if (const auto done = taste_.answerDuel(pair.left, pair.right, app::DuelAnswer::skip); !done) {
        Q_EMIT storageFailed(done.error());
        return;
    }
    answers_.pop_back();
    const std::optional<DuelPair> asked = view_.pair();
    if (asked)
        std::erase_if(passed_,
                      [&](const auto& each) { return each == std::pair(asked->left, asked->right) || each == std::pair(asked->right, asked->left); });
    view_.showPair(pair, asked);
    refresh();
}

void DuelSession::refresh() {
    view_.setAnswered(answered());
    view_.setUndoEnabled(!answers_.empty());
    const app::TasteKnowledge& knowledge = taste_.knowledge();
    view_.setGoal(knowledge.needed > 0 ? tr("%n more until it can see your taste", nullptr, knowledge.needed) : QString());
}

}  // namespace ui
