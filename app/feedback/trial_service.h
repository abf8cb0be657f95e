// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/trial_table.h"

#include <QObject>

#include <memory>
#include <optional>

namespace app {

class Database;
class EngineThread;
class TasteService;

/// The blind comparison of a new adapter inside normal use. While it runs, batches of the active taste are shared between the candidate and the former;
/// what the user says of them decides, duels ask of them first, and the user may decide at any time. Lives on the GUI thread and never waits.
class TrialService final : public QObject {
    Q_OBJECT
public:
    TrialService(EngineThread& engine, TasteService& taste, Database& database, QString adapters_dir, QObject* parent = nullptr);
    ~TrialService() override;

    [[nodiscard]] inference::Result<void> restore();  ///< also counts what was said while the program was closed

    const std::optional<TrialRow>& trial() const;                                       ///< of the active taste, while it runs
    const TrialCount& count() const;                                                    ///< of it
    [[nodiscard]] inference::Result<std::map<QString, TrialOutcome>> outcomes() const;  ///< of each candidate of the active taste

    /// The requests to draw in place of this one, in this order: itself unless a trial runs and it asks for the candidate. While another model
    /// than the candidate's is loaded the trial waits; a candidate whose file is gone ends it here, and the request goes to the former.
    std::vector<BlindShare> share(const inference::GenerationRequest& request, std::uint64_t chance);
    [[nodiscard]] inference::Result<void> noteJob(JobId job, const BlindShare& share);  ///< drawn: its pictures are evidence

    [[nodiscard]] inference::Result<void> takeNow();
    [[nodiscard]] inference::Result<void> putBack();

Q_SIGNALS:
    void changed();                         ///< a trial began, ended or counts otherwise
    void ended(app::TrialOutcome outcome);  ///< of the active taste

private:
    struct State;
    void follow();
    [[nodiscard]] inference::Result<void> end(TrialOutcome outcome);
    std::unique_ptr<State> state_;
};

}  // namespace app

Q_DECLARE_METATYPE(app::TrialOutcome)
