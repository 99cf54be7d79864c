using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Media;

/// <summary>The bucket. Only its owner's links write to it, each one object, once.</summary>
internal sealed class MediaStore(IAmazonS3 s3, IOptions<MediaOptions> options)
{
    // Of a whole look at an object; a request waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Copies at the edge and in browsers are asked for again after an hour, so that a deleted picture is gone there too. Signed, or its sender would choose.
    private const string CacheControl = "public, max-age=3600";

    /// <summary>A link for one PUT of exactly the announced type and size. Needs no call to the store.</summary>
    public async Task<UploadLink> SignAsync(MediaUpload upload)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = options.Value.Bucket,
            Key = upload.ObjectKey,
            Verb = HttpVerb.PUT,
            ContentType = upload.ContentType,
            Expires = upload.UploadUntil.UtcDateTime,
        };
        request.Protocol = s3.DetermineServiceOperationEndpoint(request).URL.StartsWith("http:", StringComparison.Ordinal) ? Protocol.HTTP : Protocol.HTTPS;
        // Every header here is part of the signature: another value, or none, and the store refuses.
        request.Headers.ContentLength = upload.SizeBytes;
        // What was looked at stays: the link does not write over an object.
        request.Headers["If-None-Match"] = "*";
        request.Headers.CacheControl = CacheControl;
        // Not the length: every client sends it by itself, and many refuse to be told.
        return new UploadLink(
            "PUT",
            await s3.GetPreSignedURLAsync(request),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["content-type"] = upload.ContentType, ["cache-control"] = CacheControl, ["if-none-match"] = "*" },
            upload.UploadUntil);
    }

    /// <returns>An object and its first bytes; null when it is not there.</returns>
    /// <exception cref="DependencyUnavailableException">The store is away.</exception>
    public async Task<StoredObject?> ReadAsync(string key, int bytes, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Patience);
        try
        {
            using var answer = await s3.GetObjectAsync(
                new GetObjectRequest { BucketName = options.Value.Bucket, Key = key, ByteRange = new ByteRange(0, bytes - 1) }, deadline.Token);
            var first = new byte[answer.ContentLength];
            await answer.ResponseStream.ReadExactlyAsync(first, deadline.Token);
            return new StoredObject(SizeOf(answer), answer.Headers.ContentType, answer.Headers.ContentEncoding, first);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception is not NoSuchBucketException)
        {
            return null;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return new StoredObject(Size: 0, ContentType: "", ContentEncoding: null, []);
        }
        catch (Exception exception) when (IsAway(exception) && !ct.IsCancellationRequested)
        {
            throw new DependencyUnavailableException("media store", exception);
        }
    }

    /// <summary>Deletes objects; one that is not there is as good.</summary>
    /// <returns>The keys that could not be deleted.</returns>
    /// <exception cref="DependencyUnavailableException">The store is away; some may be deleted.</exception>
    public async Task<IReadOnlyCollection<string>> DeleteAsync(IEnumerable<string> keys, CancellationToken ct)
    {
        try
        {
            await s3.DeleteObjectsAsync(
                new DeleteObjectsRequest { BucketName = options.Value.Bucket, Quiet = true, Objects = [.. keys.Select(key => new KeyVersion { Key = key })] }, ct);
            return [];
        }
        catch (DeleteObjectsException exception)
        {
            return [.. exception.Response.DeleteErrors.Select(error => error.Key)];
        }
        catch (Exception exception) when (IsAway(exception) && !ct.IsCancellationRequested)
        {
            throw new DependencyUnavailableException("media store", exception);
        }
    }

    private static long SizeOf(GetObjectResponse answer) =>
        answer.ContentRange is { } range ? long.Parse(range.AsSpan(range.LastIndexOf('/') + 1), CultureInfo.InvariantCulture) : answer.ContentLength;

    private static bool IsAway(Exception exception) => exception switch
    {
        // 0: no answer at all.
        AmazonServiceException service => (int)service.StatusCode is 0 or 429 or >= 500,
        AmazonClientException or IOException or OperationCanceledException => true,
        _ => Outage.Is(exception),
    };
}

/// <summary>What is in the bucket.</summary>
/// <param name="Size">Bytes of all of it.</param>
/// <param name="ContentType">What it is served as.</param>
/// <param name="ContentEncoding">What else it is served with; null or empty for nothing.</param>
/// <param name="First">Its first bytes, as many as were asked for or there are.</param>
internal sealed record StoredObject(long Size, string ContentType, string? ContentEncoding, byte[] First);
