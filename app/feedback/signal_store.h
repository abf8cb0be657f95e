// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/feature_basis.h"
#include "app/feedback/preference_signals.h"
#include "app/library/library_item.h"
#include "inference/api/learning.h"
#include "inference/api/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <map>
#include <optional>
#include <vector>

namespace app {

class Database;

/// A taste of its own. Unique for ever; 1 is the one that is always there.
struct TasteId {
    qint64 value = 1;
    auto operator<=>(const TasteId&) const = default;
};

struct TasteProfile {
    TasteId id;
    QString name;        ///< empty for the first: the front end names it
    QString adapter_id;  ///< what pictures are drawn with; empty: the model as it came
    double strength = 1.0;
    QString second_id;  ///< mixed in; empty: the first alone
    double second_strength = 1.0;

    bool operator==(const TasteProfile&) const = default;
};

enum class PickAnswer { picked, rejected, taken_back };
enum class DuelAnswer { left, right, equal, skip };

/// The signals of one taste with the items they are about, the last word on each item, oldest first.
struct TasteSignals {
    std::vector<PreferenceSignal> signals;  ///< picture numbers are indices into `items`
    std::vector<ItemId> items;
    QByteArray hash;  ///< SHA-256 (hex) of the rows behind them: what a training job froze
    std::vector<qint64> rating_ids, pick_ids, duel_ids;
};

/// Everything the user said about pictures. Stars are in the library's log; the rest is here. Lives on the GUI thread: short statements.
class SignalStore final {
public:
    explicit SignalStore(Database& database) : database_(database) {}

    [[nodiscard]] inference::Result<std::vector<TasteProfile>> profiles() const;
    [[nodiscard]] inference::Result<TasteId> addProfile(const QString& name);
    [[nodiscard]] inference::Result<void> renameProfile(TasteId id, const QString& name);
    [[nodiscard]] inference::Result<TasteId> activeProfile() const;
    [[nodiscard]] inference::Result<void> setActiveProfile(TasteId id);  ///< what is said from now on belongs to it
    /// The pointer that decides what is drawn with; one statement, so it is the old one or the new one whatever happens.
    [[nodiscard]] inference::Result<void> setAdapter(TasteId id, const QString& adapter_id, double strength);

    /// Mixes a second adapter into what the taste draws with; "" takes it out. Another first one takes it out, too.
    [[nodiscard]] inference::Result<void> setSecond(TasteId id, const QString& adapter_id, double strength);
    [[nodiscard]] inference::Result<bool> trainsOnBattery() const;
    [[nodiscard]] inference::Result<void> setTrainsOnBattery(bool on);

    [[nodiscard]] inference::Result<qint64> startSession(const QString& kind);
    [[nodiscard]] inference::Result<void> pick(ItemId item, PickAnswer answer, qint64 session = 0);
    /// Errors: invalid_request when both are the same item.
    [[nodiscard]] inference::Result<void> duel(ItemId left, ItemId right, DuelAnswer answer, qint64 session = 0);
    [[nodiscard]] inference::Result<void> markOwn(ItemId item);
    [[nodiscard]] inference::Result<bool> isOwn(ItemId item) const;

    /// Signals about deleted pictures are among them: what was learned of a picture outlives it, as long as its features are stored.
    /// Pictures of one job are one grid.
    [[nodiscard]] inference::Result<TasteSignals> signalsOf(TasteId profile) const;

    [[nodiscard]] inference::Result<void> putFeatures(ItemId item, const inference::PictureFeatures& features, const PixelStatistics& statistics);
    /// Only those of this version. Errors: corrupt_file (a row of impossible length).
    [[nodiscard]] inference::Result<std::map<ItemId, PictureTraits>> features(const std::string& version, const std::vector<ItemId>& items,
                                                                              bool judge = false) const;
    [[nodiscard]] inference::Result<void> dropOtherFeatures(const std::string& version);

    /// Everything the user said, as one JSON object or as CSV (kind, items, answer, time, taste).
    [[nodiscard]] inference::Result<QByteArray> exportJson() const;
    [[nodiscard]] inference::Result<QByteArray> exportCsv() const;

    /// Removes one taste's signals and whatever was derived from any: features, adapters, jobs, comparisons; stars vanish from the pictures too.
    /// The files of the adapters are the caller's. @return ids of the adapters whose files are to be removed
    [[nodiscard]] inference::Result<QStringList> forget(TasteId profile);

private:
    Database& database_;
};

}  // namespace app
