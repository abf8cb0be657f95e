// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/models_command.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/models/stored_models.h"
#include "app/paths/profile_paths.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/terminal.h"
#include "ui/start/model_source.h"

namespace ui {
namespace {

using app::ModelEntry;
using inference::Error;
using inference::ErrorCode;
using inference::Result;

constexpr int shortest_identity = 4;  // digits of a hash that may stand for it

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QString bytes(std::int64_t count) {
    return count >= 1'000'000'000 ? QStringLiteral("%1 GB").arg(static_cast<double>(count) / 1e9, 0, 'f', 1)
                                  : QStringLiteral("%1 MB").arg(static_cast<double>(count) / 1e6, 0, 'f', count < 10'000'000 ? 1 : 0);
}

QString millions(std::int64_t count) { return QString::number(static_cast<double>(count) / 1e6, 'f', count < 10'000'000 ? 1 : 0); }

QString partName(inference::ModelPart::Kind kind) {
    switch (kind) {
    case inference::ModelPart::Kind::text_model: return QStringLiteral("text model");
    case inference::ModelPart::Kind::clip: return QStringLiteral("CLIP");
    case inference::ModelPart::Kind::transformer: return QStringLiteral("transformer");
    case inference::ModelPart::Kind::autoencoder: return QStringLiteral("autoencoder");
    }
    return {};
}

QString stateOf(const ModelEntry& entry) {
    if (app::isMissing(entry)) return QStringLiteral("missing");
    return entry.problem ? QStringLiteral("unusable") : QStringLiteral("ready");
}

QJsonObject entryJson(const ModelEntry& entry) {
    QJsonObject object{{QStringLiteral("name"), entry.name},
                       {QStringLiteral("identity"), text(entry.identity)},
                       {QStringLiteral("path"), entry.location.pipeline},
                       {QStringLiteral("built_in"), entry.built_in},
                       {QStringLiteral("state"), stateOf(entry)},
                       {QStringLiteral("problem"), entry.problem ? QJsonValue(text(entry.problem->detail)) : QJsonValue()}};
    if (entry.description) {
        object.insert(QStringLiteral("description"),
                      QJsonDocument::fromJson(QByteArray::fromStdString(inference::to_json(*entry.description))).object());
    }
    return object;
}

/// What `inspect` and `add` print of a model.
QStringList factsOf(const ModelEntry& entry) {
    QStringList lines{entry.name};
    const auto fact = [&lines](const QString& name, const QString& value) { lines.append(QStringLiteral("  %1 %2").arg(name, -14).arg(value)); };
    if (entry.description) {
        const auto& model = *entry.description;
        const auto& built = model.architecture;
        fact(QStringLiteral("architecture"),
             QStringLiteral("%1: %2 layers of %3, attention %4, positions %5, timestep %6")
                 .arg(text(built.pipeline))
                 .arg(built.layers)
                 .arg(built.width)
                 .arg(text(built.attention), text(built.positions), text(built.timestep)));
        fact(QStringLiteral("reads with"),
             QStringLiteral("%1: %2 layers of %3, %4")
                 .arg(text(built.text_family))
                 .arg(built.text_layers)
                 .arg(built.text_width)
                 .arg(model.text_model_path.empty() ? QStringLiteral("in the pipeline") : text(model.text_model_path)));
        QStringList parts, formats;
        for (const auto& part : model.parts) {
            parts.append(QStringLiteral("%1 %2").arg(partName(part.kind), millions(part.parameters)));
            for (const auto& dtype : part.dtypes) formats.append(text(dtype));
        }
        formats.removeDuplicates();
        fact(QStringLiteral("parameters"), QStringLiteral("%1 million: %2").arg(millions(model.parameters()), parts.join(QStringLiteral(", "))));
        fact(QStringLiteral("on disk"), QStringLiteral("%1, %2").arg(bytes(model.bytes_on_disk()), formats.join(QStringLiteral(" "))));
        QStringList sizes;
        for (const auto& size : model.native_sizes) sizes.append(QStringLiteral("%1 x %2").arg(size.width).arg(size.height));
        fact(QStringLiteral("draws"),
             QStringLiteral("%1, %2 channels, %3 steps, guidance %4")
                 .arg(sizes.join(QStringLiteral(", ")))
                 .arg(model.image_channels)
                 .arg(model.default_steps)
                 .arg(model.default_guidance_scale));
        fact(QStringLiteral("runs on"), QStringLiteral("%1 in %2").arg(text(model.device), text(model.dtype)));
        fact(QStringLiteral("memory"),
             QStringLiteral("%1 for its weights, %2 for a picture").arg(bytes(model.load_bytes), bytes(model.picture_bytes)) +
                 (model.available_bytes > 0 ? QStringLiteral("; %1 are free").arg(bytes(model.available_bytes)) : QString()));
        fact(QStringLiteral("a picture"), QStringLiteral("%1 TFLOP").arg(model.picture_flops / 1e12, 0, 'g', 3));
        if (!model.licence_path.empty()) fact(QStringLiteral("licence"), text(model.licence_path));
    }
    fact(QStringLiteral("path"), entry.location.pipeline);
    if (!entry.identity.empty()) fact(QStringLiteral("identity"), text(entry.identity));
    if (entry.problem) fact(QStringLiteral("problem"), text(entry.problem->detail));
    return lines;
}

/// One run of the command.
class ModelsCommand final {
public:
    ModelsCommand(Terminal& terminal, const app::ProfilePaths& paths, const ProgramFiles& files, const inference::EngineConfig& config) :
        terminal_(terminal), paths_(paths), starter_{files.starter_pipeline, files.text_model},
        text_model_(QString::fromStdString(config.text_model_path)), backend_(modelBackend(files.engine_module.toStdString(), config)) {}

    ExitCode list() {
        auto models = app::StoredModels::open(paths_, starter_);
        if (!models) return terminal_.fail(models.error());
        QJsonArray array;
        for (ModelEntry entry : (*models)->entries()) {
            look(entry);
            array.append(entryJson(entry));
            if (terminal_.json()) continue;
            terminal_.print(QStringLiteral("%1  %2  %3  %4")
                                .arg(text(entry.identity).left(12), -12)
                                .arg(stateOf(entry), -8)
                                .arg(entry.name, -24)
                                .arg(entry.location.pipeline));
        }
        if (terminal_.json()) print({{QStringLiteral("models"), array}});
        return ExitCode::ok;
    }

    ExitCode inspect(const QString& folder) {
        ModelEntry entry = named(folder);
        if (const auto looked = look(entry); !looked) return terminal_.fail(looked.error());
        if (const auto identified = identify(entry); !identified) return terminal_.fail(identified.error());
        show(entry);
        return ExitCode::ok;
    }

    ExitCode add(const QString& folder) {
        ModelEntry entry = named(folder);
        if (const auto looked = look(entry); !looked) return terminal_.fail(looked.error());
        if (const auto identified = identify(entry); !identified) return terminal_.fail(identified.error());
        auto models = app::StoredModels::open(paths_, starter_);
        if (!models) return terminal_.fail(models.error());
        if (const auto stored = (*models)->store(entry); !stored) return terminal_.fail(stored.error());
        show(entry);
        return ExitCode::ok;
    }

    ExitCode remove(const QString& which) {
        auto models = app::StoredModels::open(paths_, starter_);
        if (!models) return terminal_.fail(models.error());
        const QString path = QDir::cleanPath(QFileInfo(which).absoluteFilePath());
        std::vector<ModelEntry> meant;
        for (const ModelEntry& entry : (*models)->entries()) {
            const bool by_identity = which.size() >= shortest_identity && text(entry.identity).startsWith(which);
            if (entry.name == which || entry.location.pipeline == path || by_identity) meant.push_back(entry);
        }
        if (meant.empty()) return terminal_.fail(usage(QStringLiteral("no listed model has the name, the folder or the identity \"%1\"").arg(which)));
        if (meant.size() > 1) return terminal_.fail(usage(QStringLiteral("\"%1\" may mean %2 models; give a folder").arg(which).arg(meant.size())));
        if (const auto removed = (*models)->remove(meant.front().id); !removed) return terminal_.fail(removed.error());
        if (terminal_.json()) print({{QStringLiteral("removed"), entryJson(meant.front())}});
        else terminal_.print(QStringLiteral("%1 is off the list; its files stay in %2").arg(meant.front().name, meant.front().location.pipeline));
        return ExitCode::ok;
    }

private:
    ModelEntry named(const QString& folder) const {
        ModelEntry entry;
        QString path = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
        if (QFileInfo(path).fileName() == QStringLiteral("model_index.json")) path = QFileInfo(path).path();
        entry.location = {path, QDir::cleanPath(QFileInfo(text_model_).absoluteFilePath())};
        entry.name = QFileInfo(path).fileName();
        return entry;
    }

    Result<void> look(ModelEntry& entry) {
        auto described = backend_.describe(entry.location, interruption_.token());
        if (!described) {
            entry.problem = described.error();
            return tl::unexpected<Error>(described.error());
        }
        entry.name = text(described->name);
        entry.problem = described->problem;
        entry.description = *std::move(described);
        return {};
    }

    /// A model whose text model is missing has no identity yet.
    Result<void> identify(ModelEntry& entry) {
        if (entry.problem) return {};
        const auto on_progress = [this](const inference::LoadProgress& progress) {
            interruption_.poll();
            terminal_.showReading(progress.fraction);
        };
        auto identity = backend_.identify(entry.location, on_progress, interruption_.token());
        terminal_.clearProgress();
        if (!identity) return tl::unexpected<Error>(identity.error());
        entry.identity = *std::move(identity);
        return {};
    }

    void show(const ModelEntry& entry) {
        if (terminal_.json()) print(entryJson(entry));
        else
            for (const QString& line : factsOf(entry)) terminal_.print(line);
    }

    void print(const QJsonObject& object) { terminal_.print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact))); }

    Terminal& terminal_;
    app::ProfilePaths paths_;
    app::ModelLocation starter_;
    QString text_model_;
    app::ModelBackend backend_;
    Interruption interruption_;
};

}  // namespace

ExitCode runModels(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("The list of models of the studio.\n\n"
                                                    "  list            every listed model, and whether it is there\n"
                                                    "  add DIR         lists a pipeline directory; no file is changed\n"
                                                    "  inspect DIR     what a pipeline directory is, without listing or loading it\n"
                                                    "  remove MODEL    takes a model (name, folder or identity) off the list; no file is deleted"));
    parser.addPositionalArgument(QStringLiteral("what"), QStringLiteral("list, add, inspect or remove."),
                                 QStringLiteral("list | add DIR | inspect DIR | remove MODEL"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print as JSON on standard output."));
    const QCommandLineOption profile(QStringLiteral("profile"), QStringLiteral("The profile whose list it is."), QStringLiteral("DIR"));
    const QCommandLineOption text_model(QStringLiteral("text-model"),
                                        QStringLiteral("Folder of the text model, where the pipeline does not hold one."), QStringLiteral("DIR"));
    parser.addOptions({json, profile, text_model});
    QString help;
    constexpr int most_words = 2;
    const auto parsed = parseWords(parser, arguments, help, most_words);
    Terminal terminal(parser.isSet(json));
    if (!parsed) return terminal.fail(parsed.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    const auto paths = parser.isSet(profile) ? app::ProfilePaths::inside(parser.value(profile)) : app::ProfilePaths::standard();
    inference::EngineConfig config;
    config.text_model_path = (parser.isSet(text_model) ? parser.value(text_model) : files.text_model).toStdString();
    config.cache_path = paths.cache_dir.toStdString();
    ModelsCommand command(terminal, paths, files, config);

    const QStringList words = parser.positionalArguments();
    const QString what = words.value(0);
    const bool lists = what == QStringLiteral("list");
    if (lists && words.size() == 1) return command.list();
    if (words.size() == 2 && what == QStringLiteral("add")) return command.add(words.at(1));
    if (words.size() == 2 && what == QStringLiteral("inspect")) return command.inspect(words.at(1));
    if (words.size() == 2 && what == QStringLiteral("remove")) return command.remove(words.at(1));
    return terminal.fail(usage(what.isEmpty()
                                   ? QStringLiteral("say what: list, add DIR, inspect DIR or remove MODEL")
                                   : QStringLiteral("\"%1\" is not list, add DIR, inspect DIR or remove MODEL").arg(words.join(QLatin1Char(' ')))));
}

}  // namespace ui
