// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/feedback/adapter_table.h"
#include "app/feedback/picture_judge.h"
#include "app/feedback/preference_head.h"
#include "app/feedback/signal_store.h"
#include "app/feedback/taste_explanation.h"

namespace app {

class Database;
class EngineThread;
class Library;

/// How much is known of the taste in use.
struct TasteKnowledge {
    int stars = 0;
    int picks = 0;
    int duels = 0;
    int needed = 0;  ///< more answers until anything can be said; 0: enough
    bool speaks = false;
    bool pending = false;    ///< it is silent, but enough was said and not all of it is weighed yet: it may speak without another answer
    double explained = 0.0;  ///< leave-one-grid-out R^2

    bool operator==(const TasteKnowledge&) const = default;
};

/// The instant stage: what the user says is stored, and what follows from it is known a moment later. The thin front of the parts that do it
/// (PictureSight, TasteFitting, TasteAnswers, TasteProfiles), which it keeps in step. Lives on the GUI thread and never waits.
class TasteService final : public QObject {
    Q_OBJECT
public:
    TasteService(EngineThread& engine, Library& library, Database& database, QObject* parent = nullptr);
    ~TasteService() override;

    [[nodiscard]] inference::Result<void> restore();

    void reload();  ///< another service changed what the taste draws with

    // Saying. Stars go to Library::setRating and are heard of from there.
    [[nodiscard]] inference::Result<void> answerDuel(ItemId left, ItemId right, DuelAnswer answer);
    /// The same word on each. Errors: io; those before the one that failed were stored.
    [[nodiscard]] inference::Result<void> pick(const QList<ItemId>& items, PickAnswer answer);

    /// The pair whose answer teaches most, a preferred one first; while the head is silent, two unrated pictures of one prompt. Never one of `passed`,
    /// either way round.
    std::optional<std::pair<ItemId, ItemId>> nextPair(const std::vector<std::pair<ItemId, ItemId>>& passed) const;
    void preferPairs(std::vector<std::pair<ItemId, ItemId>> pairs);  ///< to be asked before any others, in this order: a trial waits for them

    // Knowing.
    PickAnswer pickOf(ItemId item) const;  ///< the last word of the active taste; taken_back where there is none
    const TasteKnowledge& knowledge() const;
    std::optional<PictureJudge> judge() const;                             ///< to choose among candidates; nullopt while the head is silent
    std::optional<Opinion> opinion(ItemId item) const;                     ///< nullopt while the head is silent, or the picture was not seen yet
    std::vector<Reason> reasons(ItemId item, std::size_t most = 3) const;  ///< why it is liked or not, the largest first; none while silent
    std::vector<TasteDirection> directions(int most = 4) const;
    std::vector<std::pair<ItemId, ItemId>> taughtPairs(int most = 8) const;  ///< preferred first

    // Profiles and what is drawn with.
    const std::vector<TasteProfile>& profiles() const;
    const TasteProfile& active() const;
    [[nodiscard]] inference::Result<void> setActive(TasteId id);
    [[nodiscard]] inference::Result<TasteId> addProfile(const QString& name);
    [[nodiscard]] inference::Result<void> setAdapter(const QString& adapter_id, double strength);  ///< of the active taste; "" is the base
    [[nodiscard]] inference::Result<void> setSecond(const QString& adapter_id, double strength);   ///< mixed into the active taste; "" takes it out
    std::vector<inference::AdapterUse> adapters() const;  ///< for the next request: none at strength 0 or without an adapter
    /// As AdapterRow says it; false of a version that is not known.
    bool isOfAnotherModel(const QString& adapter_id, const std::string& model_id) const;
    [[nodiscard]] inference::Result<std::vector<AdapterRow>> versions() const;  ///< of the active taste, newest first
    [[nodiscard]] inference::Result<void> setNote(const QString& adapter_id, const QString& note);
    [[nodiscard]] inference::Result<void> setPinned(const QString& adapter_id, bool pinned);
    [[nodiscard]] inference::Result<QByteArray> exportAnswers() const;  ///< JSON
    /// Everything the active taste said and whatever was derived from it. @return adapters whose files are to be removed
    [[nodiscard]] inference::Result<QStringList> forgetActive();

Q_SIGNALS:
    void knowledgeChanged();  ///< also opinions, directions, pairs
    void profileChanged();    ///< which one, its adapter or its strength
    void answered(int total);
    void picksChanged(QList<app::ItemId> items);  ///< empty: any of them, since another taste is in use

private:
    struct State;
    void hear();
    void readAnswers();
    void look();
    void refit();
    void takeFit();
    void settle();
    std::unique_ptr<State> state_;
};

}  // namespace app
