// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/blind_trial.h"
#include "app/jobs/job.h"

#include <optional>

namespace app {

class Database;

/// `other_model` is only read: earlier versions of the program ended a trial where another model was loaded, now it waits for its own.
enum class TrialOutcome { running, accepted, refused, taken, put_back, superseded, file_gone, other_model };

/// A candidate against what its taste drew with before.
struct TrialRow {
    qint64 id = 0;
    TasteId profile;
    QString candidate_id;
    QString former_id;  ///< empty: the model as it came
    double former_strength = 1.0;
    TrialOutcome outcome = TrialOutcome::running;
    std::string model_id;  ///< the candidate's
};

/// The rows of `adapter_trials` and `adapter_trial_jobs`.
class TrialTable final {
public:
    explicit TrialTable(Database& database) : database_(database) {}

    /// Begins a trial of `candidate`, which is in the table of adapters, against what the taste draws with; one that is running is superseded
    /// and its former stays the measure. Nothing begins where the taste draws with the candidate already. Call inside a transaction.
    [[nodiscard]] inference::Result<void> begin(TasteId profile, const QString& candidate);
    [[nodiscard]] inference::Result<std::optional<TrialRow>> running(TasteId profile) const;
    [[nodiscard]] inference::Result<std::map<QString, TrialOutcome>> outcomes(TasteId profile) const;  ///< the last of each candidate
    /// Ends it: outcome, the candidate's verdict and, unless the candidate stays or the taste draws with a third by now, the way back: all or nothing.
    [[nodiscard]] inference::Result<void> end(const TrialRow& trial, TrialOutcome outcome);

    [[nodiscard]] inference::Result<void> addJob(JobId job, const BlindShare& share);
    [[nodiscard]] inference::Result<int> lead(qint64 trial) const;  ///< pictures asked of the candidate less those of the former
    [[nodiscard]] inference::Result<std::map<ItemId, TrialPicture>> pictures(qint64 trial) const;  ///< deleted ones too, while their rows are there

private:
    Database& database_;
};

}  // namespace app
