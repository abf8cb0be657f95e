// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/model_options.h"

#include <limits>

namespace ui {
namespace {

inference::Error wrongValue(const QCommandLineOption& option, const QString& value, const QString& accepted) {
    return {inference::ErrorCode::invalid_request,
            QStringLiteral("--%1 is \"%2\"; it must be %3").arg(option.names().constFirst(), value, accepted).toStdString()};
}

}  // namespace

inference::Result<qint64> wholeNumber(const QCommandLineParser& parser, const QCommandLineOption& option, qint64 low, qint64 high) {
    const QString text = parser.value(option);
    bool is_number = false;
    const qint64 value = text.toLongLong(&is_number);
    if (is_number && value >= low && value <= high) return value;
    return tl::unexpected<inference::Error>(wrongValue(option, text, QStringLiteral("a whole number from %1 to %2").arg(low).arg(high)));
}

ModelOptions::ModelOptions(QCommandLineParser& parser) :
    parser_(parser),
    model_(QStringLiteral("model"), QStringLiteral("Pipeline directory; the embedded starter model when not given."), QStringLiteral("DIR")),
    text_model_(QStringLiteral("text-model"), QStringLiteral("Folder of the text model, where the pipeline does not hold one."),
                QStringLiteral("DIR")),
    dtype_(QStringLiteral("dtype"), QStringLiteral("float32, bfloat16 or auto (what the processor is fast in)."), QStringLiteral("TYPE"),
           QStringLiteral("auto")),
    weights_(QStringLiteral("weights"), QStringLiteral("auto, or int8: half the memory, slightly other pictures."), QStringLiteral("FORMAT"),
             QStringLiteral("auto")),
    memory_limit_(QStringLiteral("memory-limit"),
                  QStringLiteral("Memory for weights and work in MB; weights beyond it are read from disk as they are needed."),
                  QStringLiteral("MB")),
    stream_layers_(QStringLiteral("stream-layers"), QStringLiteral("Read every layer from disk as it is needed, however much memory there is.")),
    device_(QStringLiteral("device"), QStringLiteral("auto, cpu, cuda or cuda:N."), QStringLiteral("NAME"), QStringLiteral("auto")),
    threads_(QStringLiteral("threads"), QStringLiteral("Processor threads; 0 lets the engine choose."), QStringLiteral("N"), QStringLiteral("0")) {
    parser.addOptions({model_, text_model_, dtype_, weights_, memory_limit_, stream_layers_, device_, threads_});
}

inference::Result<inference::EngineConfig> ModelOptions::config(const ProgramFiles& files) const {
    inference::EngineConfig config;
    config.pipeline_path = (parser_.isSet(model_) ? parser_.value(model_) : files.starter_pipeline).toStdString();
    config.text_model_path = (parser_.isSet(text_model_) ? parser_.value(text_model_) : files.text_model).toStdString();
    config.device = parser_.value(device_).toStdString();
    const auto dtype = inference::parse_dtype(parser_.value(dtype_).toStdString());
    if (!dtype) return tl::unexpected<inference::Error>(wrongValue(dtype_, parser_.value(dtype_), QStringLiteral("auto, float32 or bfloat16")));
    config.dtype = *dtype;
    const auto weights = inference::parse_weight_format(parser_.value(weights_).toStdString());
    if (!weights) return tl::unexpected<inference::Error>(wrongValue(weights_, parser_.value(weights_), QStringLiteral("auto or int8")));
    config.weights = *weights;
    config.stream_layers = parser_.isSet(stream_layers_);
    if (parser_.isSet(memory_limit_)) {
        const auto megabytes = wholeNumber(parser_, memory_limit_, 1, 1'000'000'000);
        if (!megabytes) return tl::unexpected<inference::Error>(megabytes.error());
        config.memory_limit_bytes = *megabytes * 1'000'000;
    }
    const auto threads = wholeNumber(parser_, threads_, 0, 1024);
    if (!threads) return tl::unexpected<inference::Error>(threads.error());
    config.num_threads = static_cast<int>(*threads);
    return config;
}

RequestOptions::RequestOptions(QCommandLineParser& parser) :
    parser_(parser),
    prompt_({QStringLiteral("prompt"), QStringLiteral("p")}, QStringLiteral("What to draw, in any language."), QStringLiteral("TEXT")),
    negative_prompt_(QStringLiteral("negative-prompt"), QStringLiteral("What to keep away from."), QStringLiteral("TEXT")),
    instruction_(QStringLiteral("instruction"), QStringLiteral("Put before the prompt, for models that were trained with one."),
                 QStringLiteral("TEXT")),
    width_(QStringLiteral("width"), QStringLiteral("Width in pixels; the model's native width when not given."), QStringLiteral("W")),
    height_(QStringLiteral("height"), QStringLiteral("Height in pixels; the model's native height when not given."), QStringLiteral("H")),
    steps_(QStringLiteral("steps"), QStringLiteral("Sampler steps."), QStringLiteral("S")),
    sampler_(QStringLiteral("sampler"),
             QStringLiteral("euler (the reference's), heun (two passes a step) or multistep2 (as good in half the steps)."), QStringLiteral("NAME"),
             QStringLiteral("euler")),
    guidance_scale_(QStringLiteral("guidance-scale"), QStringLiteral("How strictly to follow the prompt; 1 or less switches guidance off."),
                    QStringLiteral("G")),
    upstream_cache_positions_(QStringLiteral("upstream-cache-positions"),
                              QStringLiteral("Place the image as the reference's cached steps do, to get the pictures of its demo script.")) {
    parser.addOptions({prompt_, negative_prompt_, instruction_, width_, height_, steps_, sampler_, guidance_scale_, upstream_cache_positions_});
}

inference::Result<inference::GenerationRequest> RequestOptions::request() const {
    using Limits = inference::RequestLimits;
    inference::GenerationRequest request;
    request.prompt = parser_.value(prompt_).toStdString();
    request.negative_prompt = parser_.value(negative_prompt_).toStdString();
    request.instruction = parser_.value(instruction_).toStdString();
    request.upstream_cache_positions = parser_.isSet(upstream_cache_positions_);
    const struct {
        const QCommandLineOption& option;
        int& field;
        int high;
    } numbers[] = {{width_, request.width, Limits::max_side},
                   {height_, request.height, Limits::max_side},
                   {steps_, request.num_inference_steps, Limits::max_steps}};
    for (const auto& number : numbers) {
        if (!parser_.isSet(number.option)) continue;
        const auto value = wholeNumber(parser_, number.option, 1, number.high);
        if (!value) return tl::unexpected<inference::Error>(value.error());
        number.field = static_cast<int>(*value);
    }
    const auto sampler = inference::parse_sampler(parser_.value(sampler_).toStdString());
    if (!sampler) return tl::unexpected<inference::Error>(wrongValue(sampler_, parser_.value(sampler_), QStringLiteral("euler, heun or multistep2")));
    request.sampler = *sampler;
    if (parser_.isSet(guidance_scale_)) {
        bool is_number = false;
        request.guidance_scale = parser_.value(guidance_scale_).toDouble(&is_number);
        if (!is_number || !(request.guidance_scale >= 0 && request.guidance_scale <= Limits::max_guidance)) {
            return tl::unexpected<inference::Error>(
                wrongValue(guidance_scale_, parser_.value(guidance_scale_), QStringLiteral("a number from 0 to 100")));
        }
    }
    return request;
}

}  // namespace ui
