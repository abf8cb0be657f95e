// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/taste_controller.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QInputDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <algorithm>
#include <cmath>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/feedback/adapter_exchange.h"
#include "app/feedback/shared_adapter.h"
#include "app/feedback/taste_service.h"
#include "app/feedback/trial_service.h"
#include "app/library/library.h"
#include "app/models/model_catalogue.h"
#include "app/paths/profile_paths.h"
#include "ui/models/model_text.h"
#include "ui/taste/pair_grid.h"
#include "ui/taste/statistic_text.h"
#include "ui/taste/taste_page.h"
#include "ui/taste/training_card.h"
#include "ui/taste/version_evidence.h"

namespace ui {

namespace {

constexpr int refresh_delay_ms = 100;
constexpr int least_to_learn = 20;
constexpr int longest_name = 60;
constexpr double budget_minutes = 10.0;
constexpr double long_minutes = 8 * 60.0;  ///< that is said before the start
constexpr int prompts_of_a_job = 40;

QString nameOf(const app::TasteProfile& profile) {
    return profile.name.isEmpty() ? QCoreApplication::translate("ui::TasteController", "My taste") : profile.name;
}

/// What the engine does to fit a job into memory, in words that a designer can weigh.
QString measuresText(const std::string& measures) {
    const auto words = [](const char* text) { return QCoreApplication::translate("ui::TasteController", text); };
    QStringList known;
    for (const QString& measure : QString::fromStdString(measures).split(QStringLiteral(", "), Qt::SkipEmptyParts)) {
        if (measure == QLatin1String("one picture at a time")) known.append(words(QT_TRANSLATE_NOOP("ui::TasteController", "one picture at a time")));
        else if (measure == QLatin1String("pictures at half their size"))
            known.append(words(QT_TRANSLATE_NOOP("ui::TasteController", "pictures at half their size")));
        else known.append(words(QT_TRANSLATE_NOOP("ui::TasteController", "slower, to save memory")));
    }
    known.removeDuplicates();
    return known.join(QStringLiteral(", "));
}

QString forecastText(const app::TrainingForecast& forecast) {
    constexpr int long_in_minutes = 120;
    const int minutes = qMax(1, qRound(forecast.minutes));
    const int hours = qRound(forecast.minutes / 60.0);
    const QString memory = QLocale().formattedDataSize(forecast.memory_bytes, 1);
    QString text =
        QCoreApplication::translate("ui::TasteController", "It takes about %n minute(s) in the background and %1 of memory.", nullptr, minutes);
    if (minutes > long_in_minutes)
        text = QCoreApplication::translate("ui::TasteController", "It takes about %n hour(s) in the background and %1 of memory.", nullptr, hours);
    text = text.arg(memory);
    if (!forecast.measures.empty())
        text += QLatin1Char(' ') + QCoreApplication::translate("ui::TasteController", "Memory is short: %1.").arg(measuresText(forecast.measures));
    return text;
}

QString reasonText(const QString& reason) {
    const auto words = [](const char* text) { return QCoreApplication::translate("ui::TasteController", text); };
    if (reason == QLatin1String("too_few_ratings")) return words(QT_TRANSLATE_NOOP("ui::TasteController", "there are too few ratings"));
    if (reason == QLatin1String("all_the_same")) return words(QT_TRANSLATE_NOOP("ui::TasteController", "all ratings are the same"));
    if (reason == QLatin1String("one_sided"))
        return words(QT_TRANSLATE_NOOP("ui::TasteController", "almost all pictures are liked, or almost none: rate some of the other kind"));
    if (reason == QLatin1String("no_pattern")) return words(QT_TRANSLATE_NOOP("ui::TasteController", "no pattern can be seen in the ratings yet"));
    if (reason == QLatin1String("not_preferred")) return words(QT_TRANSLATE_NOOP("ui::TasteController", "it did not win clearly enough"));
    if (reason == QLatin1String("prompt_ignored")) return words(QT_TRANSLATE_NOOP("ui::TasteController", "it followed prompts less well"));
    if (reason == QLatin1String("less_variety")) return words(QT_TRANSLATE_NOOP("ui::TasteController", "its pictures were too much alike"));
    return words(QT_TRANSLATE_NOOP("ui::TasteController", "it drew worse pictures"));
}

QString reasonsText(const QString& reasons) {
    QStringList words;
    for (const QString& reason : reasons.split(QLatin1Char(','), Qt::SkipEmptyParts)) words.append(reasonText(reason));
    return words.join(QStringLiteral("; "));
}

/// Why a trial did not end with the candidate; empty for one that the user took or that won.
QString trialText(app::TrialOutcome outcome) {
    const auto words = [](const char* text) { return QCoreApplication::translate("ui::TasteController", text); };
    switch (outcome) {
    case app::TrialOutcome::refused:
        return words(QT_TRANSLATE_NOOP("ui::TasteController", "your blind answers did not prefer it, so it was put back"));
    case app::TrialOutcome::put_back: return words(QT_TRANSLATE_NOOP("ui::TasteController", "you put it back"));
    case app::TrialOutcome::superseded:
        return words(QT_TRANSLATE_NOOP("ui::TasteController", "a newer version took its place before your answers decided"));
    case app::TrialOutcome::file_gone: return words(QT_TRANSLATE_NOOP("ui::TasteController", "its file is gone, so its trial ended"));
    case app::TrialOutcome::other_model: return words(QT_TRANSLATE_NOOP("ui::TasteController", "it belongs to another model, so its trial ended"));
    case app::TrialOutcome::running:
    case app::TrialOutcome::accepted:
    case app::TrialOutcome::taken: break;
    }
    return {};
}

std::optional<WinRate> winRateIn(const QJsonObject& outcome) {
    const QJsonObject measures = outcome.value(QStringLiteral("measures")).toObject();
    const QJsonArray interval = measures.value(QStringLiteral("judged_win_interval")).toArray();
    const int comparisons = measures.value(QStringLiteral("judged_pictures")).toInt();
    if (interval.size() != 2 || !measures.value(QStringLiteral("judged_win")).isDouble() || comparisons <= 0) return std::nullopt;
    return WinRate{measures.value(QStringLiteral("judged_win")).toDouble(), interval[0].toDouble(), interval[1].toDouble(), comparisons};
}

QString originText(const app::AdapterOrigin& origin) {
    const auto words = [](const char* text) { return QCoreApplication::translate("ui::TasteController", text); };
    QStringList sentences{words(QT_TRANSLATE_NOOP("ui::TasteController", "From the file %1.")).arg(origin.file)};
    if (!origin.names_base)
        sentences.append(words(QT_TRANSLATE_NOOP("ui::TasteController", "It does not say which model it was made for; its sizes fit this one.")));
    if (origin.claims && origin.claims->win) {
        const auto percent = [](double share) { return QString::number(qRound(share * 100.0)); };
        const QString claim = words(QT_TRANSLATE_NOOP("ui::TasteController", "It says of itself: preferred in %1 % (%2 to %3 %) of %4 pictures."));
        sentences.append(claim.arg(percent(*origin.claims->win), percent(*origin.claims->win_low), percent(*origin.claims->win_high),
                                   QString::number(origin.claims->pictures)));
        sentences.append(words(QT_TRANSLATE_NOOP("ui::TasteController", "That was not checked here.")));
    }
    return sentences.join(QLatin1Char(' '));
}

}  // namespace

TasteController::TasteController(app::Application& application, TastePage& page, QObject* parent) :
    QObject(parent), application_(application), page_(page), forecaster_(application.engine()) {
    refresh_timer_.setSingleShot(true);
    refresh_timer_.setInterval(refresh_delay_ms);
    connect(&refresh_timer_, &QTimer::timeout, this, &TasteController::refresh);
    const auto soon = [this] { refresh_timer_.start(); };
    connect(&application.taste(), &app::TasteService::knowledgeChanged, this, soon);
    connect(&application.taste(), &app::TasteService::profileChanged, this, soon);
    connect(&application.trials(), &app::TrialService::changed, this, soon);
    connect(&application.trials(), &app::TrialService::ended, this, [this](app::TrialOutcome outcome) {
        using enum app::TrialOutcome;
        if (outcome == accepted) Q_EMIT said(tr("Your blind answers preferred the new version of your taste: it stays."));
        else if (outcome == refused || outcome == file_gone || outcome == other_model)
            Q_EMIT said(tr("The trial of the new version of your taste ended: %1.").arg(trialText(outcome)));
    });
    connect(&application.training(), &app::TrainingService::jobAdded, this, soon);
    connect(&application.training(), &app::TrainingService::jobChanged, this, soon);
    connect(&application.engine(), &app::EngineThread::modelLoaded, this, [this, soon] {
        forecast_.reset();
        soon();
    });
    connect(&forecaster_, &app::TrainingForecaster::known, this, [this, soon](const inference::Result<app::TrainingForecast>& forecast) {
        const bool told = forecast || forecast.error().code != inference::ErrorCode::cancelled;
        if (told) forecast_ = forecast;
        soon();
    });
    connect(&application.training(), &app::TrainingService::heldBackChanged, this, soon);
    connect(&page, &TastePage::mixWanted, this, [this](const QString& id, int percent) {
        report(application_.taste().setSecond(id, percent / 100.0));
        refresh();
    });
    connect(&page, &TastePage::batteryChosen, this, [this](bool learns) {
        report(application_.setTrainsOnBattery(learns));
        refresh();
    });
    connect(&application.training(), &app::TrainingService::progressed, this,
            [this, soon](app::TrainingJobId id, const app::TrainingRunProgress& progress) {
                if (losses_of_ != id.value) losses_.clear();
                losses_of_ = id.value;
                if (progress.step > progress_.step || losses_.isEmpty()) {
                    if (progress.step > 0 && std::isfinite(progress.loss)) losses_.append(progress.loss);
                }
                progress_ = progress;
                soon();
            });

    connect(&page.training(), &TrainingCard::startWanted, this, &TasteController::start);
    connect(&page.training(), &TrainingCard::pauseWanted, this, [this] { onJob(&app::TrainingService::pause); });
    connect(&page.training(), &TrainingCard::resumeWanted, this, [this] { onJob(&app::TrainingService::resume); });
    connect(&page.training(), &TrainingCard::cancelWanted, this, [this] { onJob(&app::TrainingService::cancel); });
    connect(&page, &TastePage::versionUseWanted, this, &TasteController::useVersion);
    connect(&page, &TastePage::noteEdited, this, [this](const QString& id, const QString& note) { report(application_.taste().setNote(id, note)); });
    connect(&page, &TastePage::pinWanted, this, [this](const QString& id, bool pinned) {
        report(application_.taste().setPinned(id, pinned));
        refresh();
    });
    connect(&page, &TastePage::shareWanted, this, &TasteController::shareVersion);
    connect(&page, &TastePage::importWanted, this, &TasteController::askForFile);
    connect(&page, &TastePage::fileDropped, this, &TasteController::importFile);
    connect(&page.evidence(), &VersionEvidence::picturesWanted, this, &TasteController::readEvidence);
    connect(&grids_, &app::EvaluationGridReader::ready, &page.evidence(), &VersionEvidence::setPairs);
    connect(&application.exchange(), &app::AdapterExchange::failed, this, &TasteController::failed);
    connect(&application.exchange(), &app::AdapterExchange::exported, this,
            [this](const QString& target) { Q_EMIT said(tr("Saved as %1.").arg(QDir::toNativeSeparators(target))); });
    connect(&application.exchange(), &app::AdapterExchange::imported, this, [this](app::TasteId, const QString&, bool was_there) {
        refresh();
        Q_EMIT said(was_there ? tr("This version is there already.") : tr("Added to the versions. It is not used until you choose Use."));
    });
    connect(&page, &TastePage::exportWanted, this, &TasteController::exportAnswers);
    connect(&page, &TastePage::forgetWanted, this, &TasteController::askToForget);
    connect(&page, &TastePage::newProfileWanted, this, &TasteController::askForName);
    connect(&page, &TastePage::profileChosen, this, [this](const QString& name) {
        for (const app::TasteProfile& profile : application_.taste().profiles()) {
            if (nameOf(profile) == name) return report(application_.taste().setActive(profile.id));
        }
    });
    refresh();
}

void TasteController::refresh() {
    askForecast();
    page_.setFacts(facts());
}

/// Once for a model, when a job could be started and none is.
void TasteController::askForecast() {
    const app::TrainingJobRow* job = currentJob();
    const auto& model = application_.engine().model();
    const app::TasteKnowledge& knowledge = application_.taste().knowledge();
    const int answers = knowledge.stars + knowledge.picks + knowledge.duels;
    if (forecast_ || !model || answers < least_to_learn || (job && !app::isFinished(job->state))) return;
    forecaster_.ask({answers, prompts_of_a_job, {}, budget_minutes});
}

const app::TrainingJobRow* TasteController::currentJob() const {
    const app::TrainingJobRow* newest = nullptr;
    for (const app::TrainingJobRow& job : application_.training().jobs()) {
        if (job.profile == application_.taste().active().id && job.state != app::TrainingState::cancelled) newest = &job;
    }
    return newest;
}

TrainingFacts TasteController::trainingFacts() const {
    TrainingFacts facts;
    const app::TasteKnowledge& knowledge = application_.taste().knowledge();
    const int answers = knowledge.stars + knowledge.picks + knowledge.duels;
    facts.can_start = application_.engine().model().has_value() && answers >= least_to_learn;
    if (answers < least_to_learn) facts.start_hint = tr("%n more answer(s) and it can learn.", nullptr, least_to_learn - answers);
    else if (!application_.engine().model()) facts.start_hint = tr("It can learn once the model is loaded.");
    else if (!forecast_) facts.start_hint = tr("It takes about %n minute(s) in the background.", nullptr, static_cast<int>(budget_minutes));
    else if (*forecast_) facts.start_hint = forecastText(**forecast_);
    else {
        // Nothing makes it fit, or this model cannot: that is known before it starts.
        facts.can_start = false;
        facts.start_hint = QString::fromStdString(forecast_->error().detail);
    }
    const app::TrainingJobRow* job = currentJob();
    const auto& model = application_.engine().model();
    if (model && application_.taste().isOfAnotherModel(application_.taste().active().adapter_id, model->id))
        facts.detail = tr("Your taste was learned on another model. Your answers are all still here: learn it for this one.");
    if (!job) return facts;
    using enum app::TrainingState;
    switch (job->state) {
    case queued: facts.state = TrainingFacts::State::queued; break;
    case preparing: facts.state = TrainingFacts::State::preparing; break;
    case running: facts.state = TrainingFacts::State::running; break;
    case paused: facts.state = TrainingFacts::State::paused; break;
    case evaluating: facts.state = TrainingFacts::State::evaluating; break;
    case failed:
        facts.state = TrainingFacts::State::failed;
        facts.detail = QString::fromStdString(job->error.detail);
        break;
    case rejected: facts.detail = tr("The last try was not better, so nothing changed: %1.").arg(reasonsText(job->reasons)); break;
    case accepted:
    case cancelled: break;
    }
    if (model && !app::isFinished(job->state) && job->inputs.model_id != model->id) {
        const QString words = modelWords(application_.models(), job->inputs.model_id);
        facts.detail = application_.models().successorOf(job->inputs.model_id) != nullptr
            ? tr("It was begun on %1, which is not there any more: cancel it and learn anew.").arg(words)
            : tr("It waits until %1 is loaded again.").arg(words);
    }
    if (application_.training().isHeldBack() && !app::isFinished(job->state) && job->state != paused) {
        facts.state = TrainingFacts::State::on_battery;
        facts.detail = tr("Learning on the battery can be allowed in the menu above.");
    }
    if (losses_of_ == job->id.value && !app::isFinished(job->state)) {
        // The stages of a run, as shares of the whole.
        constexpr double prepared = 0.2, trained = 0.7;
        if (job->state == preparing) facts.fraction = prepared * progress_.fraction;
        else if (job->state == evaluating) facts.fraction = trained + (1.0 - trained) * progress_.fraction;
        else facts.fraction = prepared + (trained - prepared) * progress_.fraction;
        facts.remaining_ms = progress_.remaining_ms;
        facts.losses = losses_;
    }
    return facts;
}

QList<TasteVersion> TasteController::versionFacts() {
    QList<TasteVersion> versions;
    const auto rows = application_.taste().versions();
    if (!rows) {
        Q_EMIT failed(rows.error());
        return versions;
    }
    const auto outcomes = application_.trials().outcomes();
    if (!outcomes) {
        Q_EMIT failed(outcomes.error());
        return versions;
    }
    const auto& trial = application_.trials().trial();
    const auto& model = application_.engine().model();
    const QString current = application_.taste().active().adapter_id;
    int number = static_cast<int>(rows->size());
    for (const app::AdapterRow& row : *rows) {
        TasteVersion version;
        version.id = row.id;
        version.number = number--;
        version.made_at = row.created_at;
        const QJsonObject manifest = QJsonDocument::fromJson(row.manifest).object();
        const QJsonObject outcome = manifest.value(QStringLiteral("outcome")).toObject();
        version.signals_used = outcome.value(QStringLiteral("ratings")).toInt();
        version.win_rate = winRateIn(outcome);
        switch (row.verdict) {
        case app::AdapterVerdict::provisional: version.verdict = TasteVersion::Verdict::candidate; break;
        case app::AdapterVerdict::accepted: version.verdict = TasteVersion::Verdict::accepted; break;
        case app::AdapterVerdict::imported: version.verdict = TasteVersion::Verdict::imported; break;
        case app::AdapterVerdict::rejected: version.verdict = TasteVersion::Verdict::rejected; break;
        }
        if (const auto origin = app::originOf(row)) version.origin = originText(*origin);
        // A version of before there were trials was taken at once.
        if (version.verdict == TasteVersion::Verdict::candidate && (!trial || trial->candidate_id != row.id))
            version.verdict = TasteVersion::Verdict::accepted;
        if (version.verdict == TasteVersion::Verdict::candidate)
            version.trial = TrialStanding{application_.trials().count().wins, application_.trials().count().answers, trial->former_id};
        if (const auto ended = outcomes->find(row.id); ended != outcomes->end()) version.reason = trialText(ended->second);
        if (model && row.isOfAnotherModel(model->id)) version.made_for = modelWords(application_.models(), row.model_id);
        version.note = row.note;
        version.pinned = row.pinned;
        version.in_use = row.id == current;
        versions.append(version);
    }
    TasteVersion base;
    base.verdict = TasteVersion::Verdict::base;
    base.in_use = current.isEmpty();
    versions.append(base);
    return versions;
}

TasteFacts TasteController::facts() {
    const app::TasteService& taste = application_.taste();
    TasteFacts facts;
    facts.profile = nameOf(taste.active());
    for (const app::TasteProfile& profile : taste.profiles()) facts.profiles.append(nameOf(profile));
    const app::TasteKnowledge& knowledge = taste.knowledge();
    facts.stars = knowledge.stars;
    facts.picks = knowledge.picks;
    facts.duels = knowledge.duels;
    facts.needed = knowledge.needed;
    facts.speaks = knowledge.speaks;
    facts.explained = knowledge.explained;
    double strongest = 0.0;
    const auto directions = taste.directions();
    for (const auto& direction : directions) strongest += std::abs(direction.effect);
    for (const auto& direction : directions)
        facts.traits.append({statisticText(direction.statistic, direction.effect > 0.0),
                             strongest > 0.0 ? std::abs(direction.effect) / strongest : 0.0, direction.liked, direction.disliked});
    for (const auto& [preferred, other] : taste.taughtPairs()) facts.taught.append({preferred, other});
    facts.versions = versionFacts();
    facts.mix = {taste.active().second_id, qRound(taste.active().second_strength * 100.0)};
    const auto on_battery = application_.trainsOnBattery();
    facts.learns_on_battery = on_battery && *on_battery;
    facts.training = trainingFacts();
    return facts;
}

void TasteController::start() {
    if (!forecast_ || !*forecast_ || (*forecast_)->minutes <= long_minutes) return queueJob();
    auto* question = new QMessageBox(QMessageBox::NoIcon, tr("Learn now"), tr("This will take long."), QMessageBox::Cancel, page_.window());
    question->setObjectName(QStringLiteral("long_job_question"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(forecastText(**forecast_));
    QAbstractButton* learn = question->addButton(tr("Learn anyway"), QMessageBox::AcceptRole);
    connect(question, &QMessageBox::buttonClicked, this, [this, learn](QAbstractButton* chosen) {
        if (chosen == learn) queueJob();
    });
    question->open();
}

void TasteController::queueJob() {
    // The number of the job names its draws: another try is another try.
    const auto seed = static_cast<std::uint64_t>(application_.training().jobs().size() + 1);
    const auto queued = application_.training().queue(application_.taste().active().id, {}, budget_minutes, seed);
    if (!queued) Q_EMIT failed(queued.error());
    refresh();
}

void TasteController::onJob(inference::Result<void> (app::TrainingService::*act)(app::TrainingJobId)) {
    const app::TrainingJobRow* job = currentJob();
    if (!job) return;
    report((application_.training().*act)(job->id));
    refresh();
}

void TasteController::useVersion(const QString& id) {
    const auto trial = application_.trials().trial();
    if (trial && id == trial->candidate_id) report(application_.trials().takeNow());
    else if (trial && id == trial->former_id) report(application_.trials().putBack());
    else report(application_.taste().setAdapter(id, 1.0));
    refresh();
}

void TasteController::shareVersion(const QString& id) {
    const auto rows = application_.taste().versions();
    if (!rows) {
        Q_EMIT failed(rows.error());
        return;
    }
    const auto row = std::find_if(rows->begin(), rows->end(), [&id](const app::AdapterRow& each) { return each.id == id; });
    if (row == rows->end()) return;
    auto* dialog = new QFileDialog(page_.window(), tr("Save this taste"), QDir::homePath() + QStringLiteral("/taste.safetensors"),
                                   tr("Adapter (*.safetensors)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("safetensors"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, row = *row](const QString& target) { application_.exchange().exportFile(row, target); });
    dialog->open();
}

void TasteController::askForFile() {
    auto* dialog = new QFileDialog(page_.window(), tr("Import a taste"), QDir::homePath(), tr("Adapter (*.safetensors)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &TasteController::importFile);
    dialog->open();
}

void TasteController::importFile(const QString& path) { application_.exchange().importFile(application_.taste().active().id, path); }

void TasteController::readEvidence(const QString& id) {
    grids_.read(id, application_.paths().adaptersDir() + QLatin1Char('/') + id, qRound(PairGrid::side * page_.devicePixelRatioF()));
}

void TasteController::exportAnswers() {
    const auto answers = application_.taste().exportAnswers();
    if (!answers) {
        Q_EMIT failed(answers.error());
        return;
    }
    auto* dialog = new QFileDialog(page_.window(), tr("Save all answers"), QDir::homePath() + QStringLiteral("/answers.json"), tr("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, bytes = *answers](const QString& target) {
        QSaveFile file(target);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
            Q_EMIT failed({inference::ErrorCode::io, target.toStdString() + " cannot be written: " + file.errorString().toStdString()});
            return;
        }
        Q_EMIT said(tr("Saved as %1.").arg(QDir::toNativeSeparators(target)));
    });
    dialog->open();
}

void TasteController::askForName() {
    auto* dialog = new QInputDialog(page_.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("New profile"));
    dialog->setLabelText(tr("A taste of its own, with ratings and versions of its own. Its name:"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& text) {
        const QString name = text.simplified().left(longest_name);
        if (name.isEmpty()) return;
        const auto added = application_.taste().addProfile(name);
        if (!added) Q_EMIT failed(added.error());
    });
    dialog->open();
}

void TasteController::askToForget() {
    const QString name = nameOf(application_.taste().active());
    auto* question = new QMessageBox(QMessageBox::NoIcon, tr("Forget everything"), tr("Forget everything that %1 learned?").arg(name),
                                     QMessageBox::Cancel, page_.window());
    question->setObjectName(QStringLiteral("forget_question"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(tr("Stars, duels, versions and whatever was made from them are removed. The pictures stay. This cannot be undone."));
    QAbstractButton* forget = question->addButton(tr("Forget"), QMessageBox::DestructiveRole);
    connect(question, &QMessageBox::buttonClicked, this, [this, forget](QAbstractButton* chosen) {
        if (chosen != forget) return;
        if (const app::TrainingJobRow* job = currentJob(); job && !app::isFinished(job->state)) report(application_.training().cancel(job->id));
        const auto adapters = application_.taste().forgetActive();
        if (!adapters) {
            Q_EMIT failed(adapters.error());
            return;
        }
        for (const QString& id : *adapters) QDir(application_.paths().adaptersDir() + QLatin1Char('/') + id).removeRecursively();
        if (const auto loaded = application_.library().load(); !loaded) Q_EMIT failed(loaded.error());
        refresh();
    });
    question->open();
}

void TasteController::report(const inference::Result<void>& done) {
    if (!done) Q_EMIT failed(done.error());
}

}  // namespace ui
